using System.Linq.Expressions;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Agents.Durable.Gateway.Requests;

/// <summary>By what lists can be ordered: the columns that Agentex's rows have too, each in the order that its database gives them.</summary>
internal static class SortColumns
{
    /// <summary>Columns that are ours alone; asking for one is asking for none.</summary>
    private static readonly HashSet<string> s_ours = new(StringComparer.Ordinal) { "owner", "ordinal", "kind", "definition", "key_version", "mailbox_position" };

    private static readonly Dictionary<Type, string[]> s_oursOf = new()
    {
        [typeof(TaskRow)] = ["agent_id"],
        // Its database cannot order the plain JSON that it keeps of spans.
        [typeof(SpanRow)] = ["created_at", "updated_at", "input", "output", "data"],
    };

    // The order in which its database's enumerations were declared; values that came later are at the end.
    private static readonly Dictionary<Type, object[]> s_ranks = new()
    {
        [typeof(AgentTaskStatus)] =
        [
            AgentTaskStatus.Canceled, AgentTaskStatus.Completed, AgentTaskStatus.Failed, AgentTaskStatus.Running, AgentTaskStatus.Terminated, AgentTaskStatus.TimedOut,
            AgentTaskStatus.Deleted, AgentTaskStatus.Interrupted,
        ],
        [typeof(AgentStatus)] = [AgentStatus.Ready, AgentStatus.Failed, AgentStatus.Unknown, AgentStatus.Deleted, AgentStatus.Unhealthy, AgentStatus.BuildOnly],
        [typeof(AgentInputType)] = [AgentInputType.Text, AgentInputType.Json],
        [typeof(DeploymentStatus)] = [DeploymentStatus.Pending, DeploymentStatus.Ready, DeploymentStatus.Failed],
    };

    /// <summary>The property behind a name on the wire, which is that of the column; null where there is none to order by.</summary>
    public static IProperty? Find<T>(DataContext data, string column)
        where T : class =>
        s_ours.Contains(column) || s_oursOf.GetValueOrDefault(typeof(T))?.Contains(column) == true
            ? null
            : data.Model.FindEntityType(typeof(T))!.GetProperties().FirstOrDefault(property => property.GetColumnName() == column);

    /// <summary>What rows are ordered by for a property.</summary>
    public static Expression<Func<T, object?>> KeyOf<T>(IProperty property)
        where T : class
    {
        var row = Expression.Parameter(typeof(T));
        Expression value = Expression.Call(typeof(EF), nameof(EF.Property), [property.ClrType], row, Expression.Constant(property.Name));
        if (s_ranks.TryGetValue(Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType, out var ranked))
        {
            Expression rank = Expression.Constant(null, typeof(int?));
            for (var i = 0; i < ranked.Length; i++)
            {
                rank = Expression.Condition(
                    Expression.Equal(value, Expression.Convert(Expression.Constant(ranked[i]), property.ClrType)), Expression.Constant(i, typeof(int?)), rank);
            }

            value = rank;
        }

        return Expression.Lambda<Func<T, object?>>(Expression.Convert(value, typeof(object)), row);
    }
}
