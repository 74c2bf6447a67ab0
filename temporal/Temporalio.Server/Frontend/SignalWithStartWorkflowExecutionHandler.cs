using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class SignalWithStartWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<SignalWithStartWorkflowExecutionResponse> HandleAsync(SignalWithStartWorkflowExecutionRequest request, RpcContext context)
    {
        var start = StartOf(request);
        StartRequests.CheckId(engine, start);
        CheckSignal(request);
        StartRequests.CheckRest(engine, start);
        if (request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.Fail)
        {
            throw Faults.Invalid("Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.");
        }

        var policy = StartPolicies.Of(request.WorkflowIdReusePolicy, request.WorkflowIdConflictPolicy);
        return await engine.Actors.CallAsync(new WorkflowKey(request.Namespace, request.WorkflowId), "", actor => Signal(actor, request, start, policy));
    }

    private static SignalWithStartWorkflowExecutionResponse Signal(
        ActorStep actor, SignalWithStartWorkflowExecutionRequest request, StartWorkflowExecutionRequest start, StartPolicies policy)
    {
        var current = actor.Current;
        if (current is { Run.IsOpen: true } && policy.Conflict != WorkflowIdConflictPolicy.TerminateExisting)
        {
            // Who asks for a start does not mean to wait for the delay of another one.
            current.Run.Info.AwaitsFirstTask = false;
            AddSignal(current, request, start.RequestId);
            WorkflowTasks.EnsureScheduled(current);
            return Response(current.Run, start.RequestId, started: false);
        }

        if (current is not null && current.Run.Info.RequestId == start.RequestId)
        {
            return Response(current.Run, start.RequestId, started: true);
        }

        var runId = actor.Engine.Ids.NewId();
        if (current is { Run.IsOpen: true })
        {
            StartPolicies.Replace(current, runId);
        }
        else if (current is not null)
        {
            StartPolicies.CheckReuse(policy, current.Run);
        }

        var step = NewRun.Create(actor, StartRequests.Seed(actor, start) with { RunId = runId });
        AddSignal(step, request, start.RequestId);
        WorkflowTasks.EnsureScheduled(step);
        return Response(step.Run, start.RequestId, started: true);
    }

    private static void AddSignal(RunStep step, SignalWithStartWorkflowExecutionRequest request, string requestId) => Signals.Add(
        step,
        new()
        {
            SignalName = request.SignalName,
            Input = request.SignalInput,
            Identity = request.Identity,
            Header = request.Header,
            RequestId = requestId,
        },
        request.Links,
        schedule: false);

    private static SignalWithStartWorkflowExecutionResponse Response(Run run, string requestId, bool started) => new()
    {
        RunId = run.RunId,
        Started = started,
        FirstExecutionRunId = run.Info.Start.FirstExecutionRunId,
        SignalLink = Links.ToRequest(run, requestId, EventType.WorkflowExecutionSignaled),
    };

    private static void CheckSignal(SignalWithStartWorkflowExecutionRequest request)
    {
        if (request.SignalName.Length == 0)
        {
            throw Faults.Invalid("SignalName is not set on request.");
        }

        if (Requests.TooLong(request.SignalName))
        {
            throw Faults.Invalid($"signal name exceeds maximum allowed length ({System.Text.Encoding.UTF8.GetByteCount(request.SignalName)}/{Requests.MaxIdBytes})");
        }

        SizeLimits.Check(request.SignalInput);
    }

    private static StartWorkflowExecutionRequest StartOf(SignalWithStartWorkflowExecutionRequest request)
    {
        var start = new StartWorkflowExecutionRequest
        {
            Namespace = request.Namespace,
            WorkflowId = request.WorkflowId,
            WorkflowType = request.WorkflowType,
            TaskQueue = request.TaskQueue,
            Input = request.Input,
            WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
            WorkflowRunTimeout = request.WorkflowRunTimeout,
            WorkflowTaskTimeout = request.WorkflowTaskTimeout,
            Identity = request.Identity,
            RequestId = request.RequestId,
            RetryPolicy = request.RetryPolicy,
            CronSchedule = request.CronSchedule,
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            Header = request.Header,
            WorkflowStartDelay = request.WorkflowStartDelay,
            UserMetadata = request.UserMetadata,
            Priority = request.Priority,
            VersioningOverride = request.VersioningOverride,
        };
        start.Links.AddRange(request.Links);
        return start;
    }
}
