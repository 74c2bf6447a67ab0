using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Instance;

namespace Temporalio.Workflows;

/// <summary>What workflow code may use: all of it is deterministic. Everything but <see cref="InWorkflow"/> throws outside workflows.</summary>
/// <exception cref="InvalidOperationException">Thrown by every member when not called from a workflow.</exception>
public static partial class Workflow
{
    /// <summary>True once no signal or update handler is running; to be awaited before the end of a workflow.</summary>
    public static bool AllHandlersFinished => Context.Handlers.AllFinished;

    /// <summary>Cancelled when the workflow is.</summary>
    public static CancellationToken CancellationToken => Context.CancellationToken;

    /// <summary>True if the server suggests to continue as new.</summary>
    public static bool ContinueAsNewSuggested => Context.ContinueAsNewSuggested;

    /// <summary>Build id of the worker that completed, or now runs, the current task.</summary>
    [Obsolete("Use CurrentDeploymentVersion")]
    public static string CurrentBuildId => Context.CurrentDeploymentVersion?.BuildId ?? string.Empty;

    /// <summary>Deployment version of the worker that completed, or now runs, the current task.</summary>
    public static WorkerDeploymentVersion? CurrentDeploymentVersion => Context.CurrentDeploymentVersion;

    /// <summary>Text about the current state that user interfaces show.</summary>
    public static string CurrentDetails
    {
        get => Context.CurrentDetails;
        set => Context.CurrentDetails = value;
    }

    /// <summary>Events in the history up to the current task.</summary>
    public static int CurrentHistoryLength => Context.HistoryLength;

    /// <summary>Bytes in the history up to the current task.</summary>
    public static int CurrentHistorySize => Context.HistorySize;

    /// <summary>Why the server suggests to continue as new.</summary>
    public static IReadOnlyCollection<SuggestContinueAsNewReason> SuggestedContinueAsNewReasons => Context.SuggestedContinueAsNewReasons;

    /// <summary>True if the task queue's target version is no longer the one the workflow runs on.</summary>
    public static bool TargetWorkerDeploymentVersionChanged => Context.TargetWorkerDeploymentVersionChanged;

    /// <summary>The update whose handler is running, if any.</summary>
    public static WorkflowUpdateInfo? CurrentUpdateInfo => WorkflowInstance.CurrentUpdate.Value;

    /// <summary>The handler of queries without one of their own.</summary>
    public static WorkflowQueryDefinition? DynamicQuery
    {
        get => Context.Queries.Dynamic;
        set => Context.Queries.Dynamic = value;
    }

    /// <summary>The handler of signals without one of their own. Signals that came before get it at once.</summary>
    public static WorkflowSignalDefinition? DynamicSignal
    {
        get => Context.Signals.Dynamic;
        set => Context.Signals.Dynamic = value;
    }

    /// <summary>The handler of updates without one of their own.</summary>
    public static WorkflowUpdateDefinition? DynamicUpdate
    {
        get => Context.Updates.Dynamic;
        set => Context.Updates.Dynamic = value;
    }

    /// <summary>What is known of the run from its start.</summary>
    public static WorkflowInfo Info => Context.Info;

    /// <summary>The object whose run method is the workflow.</summary>
    public static object Instance => Context.Instance;

    /// <summary>True if this code runs in a workflow.</summary>
    public static bool InWorkflow => WorkflowInstance.CurrentOrNull is not null;

    /// <summary>Logs with the run's ids, and not while history is replayed.</summary>
    public static ILogger Logger => Context.Logger;

    /// <summary>The memo, with the changes made here.</summary>
    public static IReadOnlyDictionary<string, IRawValue> Memo => Context.Attributes.Memo;

    /// <summary>Metrics with the run's tags, not recorded while history is replayed.</summary>
    public static MetricMeter MetricMeter => Context.MetricMeter;

    /// <summary>Converts values to and from payloads.</summary>
    public static IPayloadConverter PayloadConverter => Context.PayloadConverter;

    /// <summary>Query handlers by name; may be changed.</summary>
    public static IDictionary<string, WorkflowQueryDefinition> Queries => Context.Queries.Named;

    /// <summary>Random numbers that replay alike. Not for secrets.</summary>
    public static DeterministicRandom Random => Context.Random;

    /// <summary>The search attributes, with the changes made here.</summary>
    public static SearchAttributeCollection TypedSearchAttributes => Context.Attributes.SearchAttributes;

    /// <summary>Signal handlers by name; may be changed. Signals that came before their handler get it at once.</summary>
    public static IDictionary<string, WorkflowSignalDefinition> Signals => Context.Signals.Named;

    /// <summary>Update handlers by name; may be changed.</summary>
    public static IDictionary<string, WorkflowUpdateDefinition> Updates => Context.Updates.Named;

    /// <summary>The workflow's time: that of the current task's start. It stands still between awaits.</summary>
    public static DateTime UtcNow => Context.UtcNow;

    private static WorkflowInstance Context => WorkflowInstance.Current;

    /// <summary>A random unique id that replays alike.</summary>
    public static Guid NewGuid()
    {
        var bytes = new byte[16];
        Random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    /// <summary>True if the code of a patch is to be run: always in new code, and on replay if the history has the patch.</summary>
    public static bool Patched(string patchId) => Context.Patches.Patch(patchId, deprecated: false);

    /// <summary>Marks a patch whose old code is gone; after every run has passed it, this call can go too.</summary>
    public static void DeprecatePatch(string patchId) => Context.Patches.Patch(patchId, deprecated: true);

    /// <summary>Sets or removes memo values.</summary>
    /// <exception cref="ArgumentException">There is no update.</exception>
    public static void UpsertMemo(params MemoUpdate[] updates) => Context.Attributes.UpsertMemo(updates);

    /// <summary>Sets or removes search attributes.</summary>
    /// <exception cref="ArgumentException">There is no update.</exception>
    public static void UpsertTypedSearchAttributes(params SearchAttributeUpdate[] updates) => Context.Attributes.UpsertSearchAttributes(updates);

    /// <summary>A handle of a workflow that need not exist.</summary>
    public static ExternalWorkflowHandle GetExternalWorkflowHandle(string id, string? runId = null) => GetExternalWorkflowHandle<ValueTuple>(id, runId);

    /// <summary>A handle of a workflow that need not exist.</summary>
    public static ExternalWorkflowHandle<TWorkflow> GetExternalWorkflowHandle<TWorkflow>(string id, string? runId = null) =>
        new ExternalHandle<TWorkflow>(Context, id, runId);
}
