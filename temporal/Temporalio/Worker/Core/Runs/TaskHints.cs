using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What the server remarks when it starts a workflow task.</summary>
internal sealed record TaskHints(ulong HistorySizeBytes, bool ContinueAsNewSuggested, IReadOnlyList<SuggestContinueAsNewReason> Reasons, bool TargetVersionChanged)
{
    public static readonly TaskHints None = new(0, false, [], false);

    public static TaskHints From(WorkflowTaskStartedEventAttributes started) => new(
        started.HistorySizeBytes < 0 ? 0 : (ulong)started.HistorySizeBytes,
        started.SuggestContinueAsNew,
        started.SuggestContinueAsNewReasons,
        started.TargetWorkerDeploymentVersionChanged);
}
