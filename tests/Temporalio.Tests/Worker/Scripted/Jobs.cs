using Temporalio.Api.Failure.V1;
using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Tests.Worker.Scripted;

/// <summary>Jobs as the core makes them.</summary>
internal static class Jobs
{
    public static WorkflowActivationJob Fire(uint seq) => new() { FireTimer = new() { Seq = seq } };

    public static WorkflowActivationJob Cancel() => new() { CancelWorkflow = new() };

    public static WorkflowActivationJob Patch(string id) => new() { NotifyHasPatch = new() { PatchId = id } };

    public static WorkflowActivationJob Signal(string name, params object?[] arguments) =>
        new() { SignalWorkflow = new() { SignalName = name, Input = { arguments.Select(ScriptedRun.Payload) } } };

    public static WorkflowActivationJob Query(string name, params object?[] arguments) =>
        new() { QueryWorkflow = new() { QueryId = "q", QueryType = name, Arguments = { arguments.Select(ScriptedRun.Payload) } } };

    public static WorkflowActivationJob Update(string name, string id, params object?[] arguments) => new()
    {
        DoUpdate = new() { Id = id, ProtocolInstanceId = $"{id}/proto", Name = name, RunValidator = true, Input = { arguments.Select(ScriptedRun.Payload) } },
    };

    public static WorkflowActivationJob ActivityDone(uint seq, object? result, bool local = false) => new()
    {
        ResolveActivity = new() { Seq = seq, IsLocal = local, Result = new() { Completed = new() { Result = ScriptedRun.Payload(result) } } },
    };

    public static WorkflowActivationJob ActivityFailed(uint seq, string message) => new()
    {
        ResolveActivity = new()
        {
            Seq = seq,
            Result = new()
            {
                Failed = new()
                {
                    Failure_ = new()
                    {
                        Message = "Activity task failed",
                        ActivityFailureInfo = new() { ActivityId = "1", ActivityType = new() { Name = "Do" } },
                        Cause = new Failure { Message = message, ApplicationFailureInfo = new() { Type = "Oops" } },
                    },
                },
            },
        },
    };

    public static WorkflowActivationJob ActivityCancelled(uint seq) => new()
    {
        ResolveActivity = new()
        {
            Seq = seq,
            Result = new()
            {
                Cancelled = new()
                {
                    Failure = new()
                    {
                        Message = "Activity cancelled",
                        ActivityFailureInfo = new() { ActivityId = "1", ActivityType = new() { Name = "Do" } },
                        Cause = new Failure { Message = "Activity cancelled", CanceledFailureInfo = new() },
                    },
                },
            },
        },
    };

    public static WorkflowActivationJob ChildStarted(uint seq, string runId) =>
        new() { ResolveChildWorkflowExecutionStart = new() { Seq = seq, Succeeded = new() { RunId = runId } } };

    public static WorkflowActivationJob ChildDone(uint seq, object? result) => new()
    {
        ResolveChildWorkflowExecution = new() { Seq = seq, Result = new() { Completed = new() { Result = ScriptedRun.Payload(result) } } },
    };
}
