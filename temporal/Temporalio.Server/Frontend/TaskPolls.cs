using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Frontend;

/// <summary>Waits for a task, and takes it back if its worker has meanwhile left.</summary>
internal static class TaskPolls
{
    public static async ValueTask<TaskStart?> WaitAsync(Engine engine, TaskQueueKey queue, string identity, string buildId, RpcContext context)
    {
        var poller = new Poller(queue, identity, buildId, engine.Ids.NewId(), context.InProcess);
        var start = await engine.Matching.WaitAsync(poller, Requests.Patience(engine, context, engine.Options.TaskPollTimeout), context.CancellationToken);
        if (start is not null && context.CancellationToken.IsCancellationRequested)
        {
            TakeBack(engine, start);
            return null;
        }

        return start;
    }

    /// <summary>The answer that a started task makes; if it cannot be made, the start is taken back.</summary>
    public static async ValueTask<T> AnswerAsync<T>(Engine engine, TaskStart start, ValueTask<T> answer)
    {
        try
        {
            return await answer;
        }
        catch
        {
            TakeBack(engine, start);
            throw;
        }
    }

    /// <summary>Undoes a start that reaches nobody.</summary>
    public static void TakeBack(Engine engine, TaskStart start) =>
        engine.Actors.Post(start.Workflow, new ActorNotice(start.Abandon) { RunId = start.RunId });
}
