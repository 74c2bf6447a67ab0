using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>Update with start: the workflow is there and has the update, or nothing has happened.</summary>
internal sealed class ExecuteMultiOperationHandler(Engine engine)
{
    public async ValueTask<ExecuteMultiOperationResponse> HandleAsync(ExecuteMultiOperationRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.Operations.Count != 2 || request.Operations[0].StartWorkflow is not { } start || request.Operations[1].UpdateWorkflow is not { } update)
        {
            throw Faults.Invalid("Operations have to be exactly [Start, Update].");
        }

        Checked(() => CheckStart(request.Namespace, start), MultiOperationFaults.StartRefused);
        Checked(() => CheckUpdate(request.Namespace, start, update), MultiOperationFaults.UpdateRefused);
        var workflow = new WorkflowKey(request.Namespace, start.WorkflowId);
        var (answer, found) = await engine.Actors.CallAsync(workflow, "", actor => Execute(actor, start, update));
        UpdateView result;
        try
        {
            result = await UpdateAnswers.WaitAsync(engine, workflow, answer.RunId, found, context);
        }
        catch (RpcFault fault)
        {
            throw MultiOperationFaults.UpdateRefused(fault);
        }

        var updated = UpdateRequests.Response(workflow, result, update);
        if (answer.Link is null)
        {
            updated.Link = null;
        }

        return new ExecuteMultiOperationResponse
        {
            Responses =
            {
                new ExecuteMultiOperationResponse.Types.Response { StartWorkflow = answer },
                new ExecuteMultiOperationResponse.Types.Response { UpdateWorkflow = updated },
            },
        };
    }

    private static (StartWorkflowExecutionResponse Start, (UpdateView? View, UpdateWaiter? Waiter) Update) Execute(
        ActorStep actor, StartWorkflowExecutionRequest start, UpdateWorkflowExecutionRequest update)
    {
        if (actor.Current is { Run.IsOpen: false } closed && closed.Run.Updates.Find(update.Request.Meta.UpdateId) is not null)
        {
            // Asked before, and done: a repeated call gets what the first one got.
            return (new StartWorkflowExecutionResponse { RunId = closed.Run.RunId, Status = closed.Run.Info.Status }, UpdateAdmission.Admit(closed, update.Request, UpdateRequests.Stage(update)));
        }

        if (actor.Current is { Run.IsOpen: true } open)
        {
            Checked(() => UpdateAdmission.CheckAdmissible(open.Run, update.Request.Meta.UpdateId), MultiOperationFaults.UpdateRefused);
        }

        StartWorkflowExecutionResponse answer;
        try
        {
            answer = StartWorkflowExecutionHandler.Start(actor, start).Response;
        }
        catch (RpcFault fault)
        {
            throw MultiOperationFaults.StartRefused(fault);
        }

        if (!answer.Started)
        {
            answer.FirstExecutionRunId = "";
        }

        return (answer, UpdateAdmission.Admit(actor.Current!, update.Request, UpdateRequests.Stage(update)));
    }

    private void CheckStart(string ns, StartWorkflowExecutionRequest start)
    {
        if (start.Namespace != ns)
        {
            throw Faults.Invalid("Operation namespace did not match request's namespace.");
        }

        if (start.CronSchedule.Length > 0)
        {
            throw Faults.Invalid("CronSchedule is not allowed.");
        }

        if (start.RequestEagerExecution)
        {
            throw Faults.Invalid("RequestEagerExecution is not supported.");
        }

        if (start.WorkflowStartDelay.IsSet())
        {
            throw Faults.Invalid("WorkflowStartDelay is not supported.");
        }

        StartRequests.Check(engine, start);
    }

    private void CheckUpdate(string ns, StartWorkflowExecutionRequest start, UpdateWorkflowExecutionRequest update)
    {
        if (update.Namespace != ns)
        {
            throw Faults.Invalid("Operation namespace did not match request's namespace.");
        }

        UpdateRequests.Check(engine, update);
        if (update.WorkflowExecution?.RunId.Length > 0)
        {
            throw Faults.Invalid("RunId is not allowed.");
        }

        if (update.FirstExecutionRunId.Length > 0)
        {
            throw Faults.Invalid("FirstExecutionRunId is not allowed.");
        }

        if (update.WorkflowExecution?.WorkflowId != start.WorkflowId)
        {
            throw Faults.Invalid("WorkflowId is not consistent with previous operation(s).");
        }
    }

    private static void Checked(Action check, Func<RpcFault, RpcFault> refuse)
    {
        try
        {
            check();
        }
        catch (RpcFault fault)
        {
            throw refuse(fault);
        }
    }
}
