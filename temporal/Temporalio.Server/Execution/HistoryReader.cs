using Temporalio.Api.History.V1;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>Single events, where only history has what is needed.</summary>
internal static class HistoryReader
{
    /// <exception cref="InvalidDataException">The history does not hold the event.</exception>
    public static async ValueTask<HistoryEvent> ReadEventAsync(Engine engine, WorkflowKey workflow, string runId, long eventId, CancellationToken cancellationToken)
    {
        var batches = await engine.Store.ReadHistoryAsync(workflow, runId, eventId, eventId + 1, 1, cancellationToken);
        foreach (var batch in batches)
        {
            foreach (var e in History.Parser.ParseFrom(batch.Data.Span).Events)
            {
                if (e.EventId == eventId)
                {
                    return e;
                }
            }
        }

        throw new InvalidDataException($"History of run {runId} has no event {eventId}.");
    }
}
