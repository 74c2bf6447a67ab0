using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Visibility;

/// <summary>The search attributes that exist: those of the server, and those that a namespace has added.</summary>
internal sealed class SearchAttributeRegistry
{
    /// <summary>Attributes that runs may set themselves.</summary>
    public static readonly IReadOnlyDictionary<string, IndexedValueType> Predefined = new Dictionary<string, IndexedValueType>(StringComparer.Ordinal)
    {
        ["BatcherNamespace"] = IndexedValueType.Keyword,
        ["BatcherUser"] = IndexedValueType.Keyword,
        ["BinaryChecksums"] = IndexedValueType.KeywordList,
        ["BuildIds"] = IndexedValueType.KeywordList,
        ["TemporalChangeVersion"] = IndexedValueType.KeywordList,
        ["TemporalExternalPayloadCount"] = IndexedValueType.Int,
        ["TemporalExternalPayloadSizeBytes"] = IndexedValueType.Int,
        ["TemporalNamespaceDivision"] = IndexedValueType.Keyword,
        ["TemporalPauseInfo"] = IndexedValueType.KeywordList,
        ["TemporalReportedProblems"] = IndexedValueType.KeywordList,
        ["TemporalScheduledById"] = IndexedValueType.Keyword,
        ["TemporalScheduledStartTime"] = IndexedValueType.Datetime,
        ["TemporalSchedulePaused"] = IndexedValueType.Bool,
        ["TemporalUsedWorkerDeploymentVersions"] = IndexedValueType.KeywordList,
        ["TemporalWorkerDeployment"] = IndexedValueType.Keyword,
        ["TemporalWorkerDeploymentVersion"] = IndexedValueType.Keyword,
        ["TemporalWorkflowVersioningBehavior"] = IndexedValueType.Keyword,
    };

    /// <summary>Attributes that only the server sets.</summary>
    public static readonly IReadOnlyDictionary<string, IndexedValueType> System = new Dictionary<string, IndexedValueType>(StringComparer.Ordinal)
    {
        ["CloseTime"] = IndexedValueType.Datetime,
        ["ExecutionDuration"] = IndexedValueType.Int,
        ["ExecutionStatus"] = IndexedValueType.Keyword,
        ["ExecutionTime"] = IndexedValueType.Datetime,
        ["HistoryLength"] = IndexedValueType.Int,
        ["HistorySizeBytes"] = IndexedValueType.Int,
        ["ParentRunId"] = IndexedValueType.Keyword,
        ["ParentWorkflowId"] = IndexedValueType.Keyword,
        ["RootRunId"] = IndexedValueType.Keyword,
        ["RootWorkflowId"] = IndexedValueType.Keyword,
        ["RunId"] = IndexedValueType.Keyword,
        ["StartTime"] = IndexedValueType.Datetime,
        ["StateTransitionCount"] = IndexedValueType.Int,
        ["TaskQueue"] = IndexedValueType.Keyword,
        ["WorkflowId"] = IndexedValueType.Keyword,
        ["WorkflowType"] = IndexedValueType.Keyword,
    };

    private readonly ConcurrentDictionary<(string Namespace, string Name), IndexedValueType> _custom = new();

    public void Add(string ns, string name, IndexedValueType type) => _custom.TryAdd((ns, name), type);

    public void Remove(string ns, string name) => _custom.TryRemove((ns, name), out _);

    public IEnumerable<KeyValuePair<string, IndexedValueType>> Custom(string ns)
    {
        foreach (var (key, type) in _custom)
        {
            if (key.Namespace == ns)
            {
                yield return KeyValuePair.Create(key.Name, type);
            }
        }
    }

    /// <summary>The type of an attribute that a run may set; <see langword="null"/> if there is no such attribute.</summary>
    public IndexedValueType? TypeOf(string ns, string name) =>
        Predefined.TryGetValue(name, out var type) || _custom.TryGetValue((ns, name), out type) ? type : null;
}
