using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class RespondWorkflowTaskCompletedHandler(Engine engine)
{
    public async ValueTask<RespondWorkflowTaskCompletedResponse> HandleAsync(RespondWorkflowTaskCompletedRequest request, RpcContext context)
    {
        if (request.Namespace.Length > 0)
        {
            engine.Namespaces.Require(request.Namespace);
        }

        var token = TaskToken.Decode(request.TaskToken, request.Namespace);
        Requests.CheckIdentity(request.Identity);
        var result = await engine.Actors.CallAsync(
            new WorkflowKey(token.Namespace, token.WorkflowId), token.RunId, actor => WorkflowTaskCompletion.Complete(Task(actor, token), request));
        var response = new RespondWorkflowTaskCompletedResponse { ResetHistoryEventId = result.ResetHistoryEventId };
        try
        {
            if (result.NextTask is { } next)
            {
                response.WorkflowTask = await PollResponses.WorkflowTaskAsync(engine, next, context.CancellationToken);
            }

            foreach (var eager in result.EagerActivities)
            {
                response.ActivityTasks.Add(await PollResponses.ActivityTaskAsync(engine, eager, context.CancellationToken));
            }

            return response;
        }
        catch
        {
            // The completion is taken, but what was to come with its answer reaches nobody.
            foreach (var start in result.EagerActivities.Cast<TaskStart>().Concat(result.NextTask is { } next ? [next] : []))
            {
                TaskPolls.TakeBack(engine, start);
            }

            throw;
        }
    }

    /// <summary>The started task that the token names.</summary>
    /// <exception cref="RpcFault">NOT_FOUND.</exception>
    public static RunStep Task(ActorStep actor, TaskToken token)
    {
        if (actor.Find(token.RunId) is not { } step)
        {
            throw Faults.WorkflowNotFound(token.WorkflowId, token.RunId);
        }

        var task = step.Run.Task;
        return step.Run.IsOpen && task.IsStarted && task.ScheduledEventId == token.ScheduledEventId && task.StartedEventId == token.StartedEventId &&
            task.Attempt == token.Attempt && task.Stamp == token.Stamp && actor.Engine.Epoch == token.Epoch
                ? step
                : throw Faults.TaskNotFound();
    }
}
