using Temporalio.Api.Enums.V1;
using Temporalio.Server.Visibility;
using Temporalio.Server.Visibility.Query;

namespace Temporalio.Server.Frontend;

/// <summary>Schedules that match a query.</summary>
internal static class ScheduleLists
{
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static async ValueTask<IReadOnlyList<VisibilityRecord>> FindAsync(Engine engine, string ns, string query)
    {
        var condition = QueryParser.Parse(query, name => TypeOf(engine, ns, name)).Condition;
        return await engine.Visibility.QueryAsync(ns, r => r.Schedule is not null && r.CloseTime is null && condition?.Matches(r) != false);
    }

    private static IndexedValueType? TypeOf(Engine engine, string ns, string name) => name switch
    {
        "ScheduleId" => IndexedValueType.Keyword,
        "WorkflowId" or "WorkflowType" => throw Faults.Invalid($"invalid query filter for schedules: cannot filter on \"{name}\""),
        _ => SearchAttributeRegistry.System.TryGetValue(name, out var type) ? type : engine.SearchAttributes.TypeOf(ns, name),
    };
}
