using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

internal enum PatchMatch
{
    /// <summary>Match event and command as usual.</summary>
    Normal,

    /// <summary>The workflow asked about a patch that this history did not have at this point.</summary>
    DropCommand,

    /// <summary>A deprecated patch's marker, whose call may be gone.</summary>
    SkipEvent,

    /// <summary>The same, with the upsert that was written along with it.</summary>
    SkipEventAndNext,
}

/// <summary>How patch markers loosen the rule that events follow commands one by one.</summary>
internal static class PatchRules
{
    public static PatchMatch Match(HistoryEvent historyEvent, PatchMachine? front, HistoryEvent? next)
    {
        if (!PatchMarker.TryRead(historyEvent, out var marker))
        {
            return front is null ? PatchMatch.Normal : PatchMatch.DropCommand;
        }

        // A deprecated marker may belong to the call at hand, or to another one that is no longer made.
        if (front is not null && (front.PatchId == marker.Id || !marker.Deprecated))
        {
            return PatchMatch.Normal;
        }

        if (marker.Deprecated)
        {
            return IsPatchUpsert(next) ? PatchMatch.SkipEventAndNext : PatchMatch.SkipEvent;
        }

        throw new NondeterminismException(
            $"Non-deprecated patch marker encountered for change {marker.Id}, but there is no corresponding change command!");
    }

    private static bool IsPatchUpsert(HistoryEvent? historyEvent) =>
        historyEvent?.UpsertWorkflowSearchAttributesEventAttributes?.SearchAttributes?.IndexedFields.ContainsKey(PatchMarker.SearchAttribute) is true;
}
