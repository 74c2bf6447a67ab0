using Google.Protobuf;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>
/// What a worker hands back with its answer: which piece of work it was, and of which attempt. Opaque to it. A workflow task's holds the
/// epoch too: one that was handed out before uncommitted state was lost is void, whatever its ids.
/// </summary>
internal sealed record TaskToken(
    string Namespace, string WorkflowId, string RunId, long ScheduledEventId, long StartedEventId, int Attempt, long Stamp, long Epoch, string ActivityId, string QueryId)
{
    private const int Format = 0x54;

    public static TaskToken OfWorkflowTask(RunStep step)
    {
        var run = step.Run;
        var task = run.Task;
        return new(run.Workflow.Namespace, run.Workflow.WorkflowId, run.RunId, task.ScheduledEventId, task.StartedEventId, task.Attempt, task.Stamp, step.Engine.Epoch, "", "");
    }

    public static TaskToken OfActivity(RunStep step, PendingActivity activity)
    {
        var run = step.Run;
        return new(run.Workflow.Namespace, run.Workflow.WorkflowId, run.RunId, activity.ScheduledEventId, 0, activity.Attempt, activity.Stamp, 0, activity.ActivityId, "");
    }

    public static TaskToken OfQuery(Run run, string queryId) =>
        new(run.Workflow.Namespace, run.Workflow.WorkflowId, run.RunId, 0, 0, 0, 0, 0, "", queryId);

    public ByteString Encode()
    {
        var writer = new StateWriter();
        writer.Number(Format);
        writer.Text(Namespace);
        writer.Text(WorkflowId);
        writer.Text(RunId);
        writer.Number(ScheduledEventId);
        writer.Number(StartedEventId);
        writer.Number(Attempt);
        writer.Number(Stamp);
        writer.Number(Epoch);
        writer.Text(ActivityId);
        writer.Text(QueryId);
        return UnsafeByteOperations.UnsafeWrap(writer.ToMemory());
    }

    /// <exception cref="RpcFault">INVALID_ARGUMENT: absent, not ours, or of another namespace than the request says.</exception>
    public static TaskToken Decode(ByteString bytes, string requestNamespace)
    {
        if (bytes.IsEmpty)
        {
            throw Faults.Invalid("Task token not set on request.");
        }

        TaskToken token;
        try
        {
            var reader = new StateReader(bytes.Span);
            if (reader.Number() != Format)
            {
                throw new InvalidDataException("Not a task token.");
            }

            token = new(
                reader.RequiredText(), reader.RequiredText(), reader.RequiredText(), reader.Number(), reader.Number(), reader.Integer(), reader.Number(), reader.Number(),
                reader.RequiredText(), reader.RequiredText());
        }
        catch (InvalidDataException)
        {
            throw Faults.Invalid("Error deserializing task token.");
        }

        return requestNamespace.Length == 0 || token.Namespace == requestNamespace
            ? token
            : throw Faults.Invalid("Operation requested with a token from a different namespace.");
    }
}
