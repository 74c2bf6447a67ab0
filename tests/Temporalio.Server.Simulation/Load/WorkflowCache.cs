using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Simulation.Scheduling;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Histories that a worker remembers, so that it is sent only what is new; it forgets at random.</summary>
internal sealed class WorkflowCache(Caller caller, SimulationRandom random)
{
    private readonly Dictionary<string, List<HistoryEvent>> _histories = [];

    /// <summary>The task's whole history: what came with it, what is remembered, or what the server is asked for.</summary>
    public async Task<List<HistoryEvent>> CompleteAsync(PollWorkflowTaskQueueResponse task)
    {
        var runId = task.WorkflowExecution.RunId;
        List<HistoryEvent> history = [];
        List<HistoryEvent> came = [.. task.History?.Events ?? []];
        var first = came.Count > 0 ? came[0].EventId : Math.Max(task.StartedEventId, task.PreviousStartedEventId) + 1;
        if (first > 1 && _histories.TryGetValue(runId, out var known) && known.Count >= first - 1 && !random.Chance(0.05))
        {
            history.AddRange(known.Take((int)first - 1));
        }
        else if (first > 1)
        {
            history = await ReadAsync(task, first - 1);
        }

        history.AddRange(came);
        for (var token = task.NextPageToken; !token.IsEmpty;)
        {
            var page = await PageAsync(task, token);
            history.AddRange(page.History?.Events ?? []);
            token = page.NextPageToken;
        }

        return history;
    }

    /// <summary>Keeps a history that the server has confirmed by taking the answer to its task: one of a void task would mislead the next.</summary>
    public void Remember(string runId, List<HistoryEvent> history) => _histories[runId] = history;

    public void Forget(string runId) => _histories.Remove(runId);

    private async Task<List<HistoryEvent>> ReadAsync(PollWorkflowTaskQueueResponse task, long to)
    {
        List<HistoryEvent> history = [];
        var token = ByteString.Empty;
        do
        {
            var page = await PageAsync(task, token);
            history.AddRange(page.History?.Events ?? []);
            token = page.NextPageToken;
        }
        while (!token.IsEmpty && history.Count < to);
        return [.. history.Take((int)to)];
    }

    private Task<GetWorkflowExecutionHistoryResponse> PageAsync(PollWorkflowTaskQueueResponse task, ByteString token) =>
        caller.InsistAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = WorkflowWorker.Namespace,
                Execution = task.WorkflowExecution,
                NextPageToken = token,
                MaximumPageSize = 1 + random.Below(6),
            },
            attempts: 5);
}
