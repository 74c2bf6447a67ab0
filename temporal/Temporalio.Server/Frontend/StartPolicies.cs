using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Frontend;

/// <summary>What a start does where the workflow id is taken: by a closed run (reuse) or by an open one (conflict).</summary>
internal sealed record StartPolicies(WorkflowIdReusePolicy Reuse, WorkflowIdConflictPolicy Conflict)
{
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: the two contradict each other.</exception>
    public static StartPolicies Of(WorkflowIdReusePolicy reuse, WorkflowIdConflictPolicy conflict)
    {
        if (reuse == WorkflowIdReusePolicy.TerminateIfRunning)
        {
            return conflict == WorkflowIdConflictPolicy.Unspecified
                ? new(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.TerminateExisting)
                : throw Faults.Invalid("Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy");
        }

        if (conflict == WorkflowIdConflictPolicy.TerminateExisting && reuse == WorkflowIdReusePolicy.RejectDuplicate)
        {
            throw Faults.Invalid("Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING");
        }

        return new(
            reuse == WorkflowIdReusePolicy.Unspecified ? WorkflowIdReusePolicy.AllowDuplicate : reuse,
            conflict == WorkflowIdConflictPolicy.Unspecified ? WorkflowIdConflictPolicy.Fail : conflict);
    }

    /// <summary>The answer that the existing run gives; <see langword="null"/> if a new run may start (an open one has then been terminated).</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">ALREADY_EXISTS.</exception>
    public static StartWorkflowExecutionResponse? Existing(ActorStep actor, StartPolicies policy, StartWorkflowExecutionRequest request, string newRunId)
    {
        if (actor.Current is not { } current)
        {
            return null;
        }

        var run = current.Run;
        var info = run.Info;
        if (info.RequestId == request.RequestId)
        {
            return Answer(run, started: true);
        }

        if (run.RequestIds.ContainsKey(request.RequestId))
        {
            return Attached(run, request.RequestId);
        }

        if (run.IsOpen)
        {
            switch (policy.Conflict)
            {
                case WorkflowIdConflictPolicy.UseExisting:
                    ConflictOptions.Apply(current, request);
                    return request.OnConflictOptions is { AttachRequestId: true } ? Attached(run, request.RequestId) : Answer(run, started: false);
                case WorkflowIdConflictPolicy.TerminateExisting:
                    Replace(current, newRunId);
                    return null;
                default:
                    throw Faults.AlreadyStarted(
                        $"Workflow execution is already running. WorkflowId: {run.Workflow.WorkflowId}, RunId: {run.RunId}.", info.RequestId, run.RunId, info.Start.FirstExecutionRunId);
            }
        }

        CheckReuse(policy, run);
        return null;
    }

    /// <summary>Ends an open run in favour of a new one.</summary>
    public static void Replace(RunStep current, string newRunId)
    {
        var note = new Payload { Data = ByteString.CopyFromUtf8($"\"terminated by new runID: {newRunId}\"") };
        note.Metadata.Add("encoding", ByteString.CopyFromUtf8("json/plain"));
        RunClose.Terminate(current, "TerminateIfRunning WorkflowIdReusePolicy", new Payloads { Payloads_ = { note } }, "history-service");
    }

    /// <summary>Whether a new run may follow a closed one.</summary>
    public static bool AllowsReuse(WorkflowIdReusePolicy reuse, WorkflowExecutionStatus closedAs) => reuse switch
    {
        WorkflowIdReusePolicy.AllowDuplicateFailedOnly =>
            closedAs is WorkflowExecutionStatus.Failed or WorkflowExecutionStatus.Canceled or WorkflowExecutionStatus.Terminated or WorkflowExecutionStatus.TimedOut,
        WorkflowIdReusePolicy.RejectDuplicate => false,
        _ => true,
    };

    /// <exception cref="Temporalio.Rpc.RpcFault">ALREADY_EXISTS.</exception>
    public static void CheckReuse(StartPolicies policy, Run closed)
    {
        var info = closed.Info;
        if (!AllowsReuse(policy.Reuse, info.Status))
        {
            var (message, rule) = policy.Reuse == WorkflowIdReusePolicy.RejectDuplicate
                ? ("Workflow execution already finished.", "reject duplicate workflow Id")
                : ("Workflow execution already finished successfully.", "allow duplicate workflow Id if last run failed");
            throw Faults.AlreadyStarted(
                $"{message} WorkflowId: {closed.Workflow.WorkflowId}, RunId: {closed.RunId}. Workflow Id reuse policy: {rule}.", info.RequestId, closed.RunId, info.Start.FirstExecutionRunId);
        }
    }

    private static StartWorkflowExecutionResponse Attached(Run run, string requestId)
    {
        var answer = Answer(run, started: false);
        answer.Link = Links.ToRequest(run, requestId, EventType.WorkflowExecutionOptionsUpdated);
        return answer;
    }

    private static StartWorkflowExecutionResponse Answer(Run run, bool started) => new()
    {
        RunId = run.RunId,
        Started = started,
        Status = run.Info.Status,
        FirstExecutionRunId = run.Info.Start.FirstExecutionRunId,
        Link = Links.ToEvent(run, 1, EventType.WorkflowExecutionStarted),
    };
}
