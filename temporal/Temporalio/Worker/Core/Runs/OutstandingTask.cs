using Google.Protobuf;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.Runs;

/// <summary>The workflow task that a run is working on and has not answered.</summary>
internal sealed class OutstandingTask(WorkflowTask task)
{
    public ByteString Token { get; } = task.Token;

    public int Attempt { get; } = task.Attempt;

    public long ReceivedAt { get; } = task.ReceivedAt;

    public TaskSlot? Permit { get; } = task.Permit;

    /// <summary>Not given to the workflow yet.</summary>
    public List<QueryWorkflow> PendingQueries { get; } = [.. task.Queries, .. task.LegacyQuery is { } query ? [query] : Array.Empty<QueryWorkflow>()];

    /// <summary>The answer is that of a query on the task's token.</summary>
    public bool IsLegacyQuery { get; } = task.LegacyQuery is not null;

    public void TakeQueries(WorkflowActivation activation)
    {
        // A query that is the task itself must be alone, for its answer must be.
        if (IsLegacyQuery && activation.Jobs.Count > 0)
        {
            return;
        }

        activation.Jobs.Add(PendingQueries.Select(q => new WorkflowActivationJob { QueryWorkflow = q }));
        PendingQueries.Clear();
    }
}
