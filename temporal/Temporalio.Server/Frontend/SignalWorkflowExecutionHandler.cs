using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

internal sealed class SignalWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<SignalWorkflowExecutionResponse> HandleAsync(SignalWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        if (request.SignalName.Length == 0)
        {
            throw Faults.Invalid("SignalName is not set on request.");
        }

        if (Requests.TooLong(request.SignalName))
        {
            throw Faults.Invalid("SignalName length exceeds limit.");
        }

        if (Requests.TooLong(request.RequestId))
        {
            throw Faults.Invalid("RequestId length exceeds limit.");
        }

        Links.Check(request.Links);
        SizeLimits.Check(request.Input);
        return await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            if (!step.Run.IsOpen)
            {
                throw Faults.AlreadyCompleted();
            }

            Signals.Add(step, new()
            {
                SignalName = request.SignalName,
                Input = request.Input,
                Identity = request.Identity,
                Header = request.Header,
                RequestId = request.RequestId,
            }, request.Links);
            return new SignalWorkflowExecutionResponse { Link = Links.ToRequest(step.Run, request.RequestId, EventType.WorkflowExecutionSignaled) };
        });
    }
}
