using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Commands;

internal sealed class ContinueAsNewCommand : CommandHandler
{
    public override CommandType Type => CommandType.ContinueAsNewWorkflowExecution;

    public override bool Closes => true;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var a = command.ContinueAsNewWorkflowExecutionCommandAttributes;
        if (a is null)
        {
            return Refuse("ContinueAsNewWorkflowExecutionCommandAttributes is not set on ContinueAsNewWorkflowExecutionCommand.");
        }

        var type = a.WorkflowType?.Name ?? "";
        var where = $"WorkflowType={type} TaskQueue=name:\"{a.TaskQueue?.Name}\"  kind:TASK_QUEUE_KIND_NORMAL";
        if (Requests.TooLong(type))
        {
            return Refuse($"WorkflowType on ContinueAsNewWorkflowExecutionCommand exceeds length limit. WorkflowType={type} Length={type.Length} Limit={Requests.MaxIdBytes}");
        }

        if (a.TaskQueue is { } queue && Requests.TooLong(queue.Name))
        {
            return Refuse($"error validating ContinueAsNewWorkflowExecutionCommand TaskQueue: taskQueue length exceeds limit. {where}");
        }

        if (a.WorkflowRunTimeout.ToSpan() < TimeSpan.Zero)
        {
            return Refuse($"Invalid WorkflowRunTimeout on ContinueAsNewWorkflowExecutionCommand: negative duration. {where}");
        }

        if (a.WorkflowTaskTimeout.ToSpan() < TimeSpan.Zero)
        {
            return Refuse($"Invalid WorkflowTaskTimeout on ContinueAsNewWorkflowExecutionCommand: negative duration. {where}");
        }

        if (a.BackoffStartInterval.ToSpan() < TimeSpan.Zero)
        {
            return Refuse($"Invalid BackoffStartInterval on ContinueAsNewWorkflowExecutionCommand: negative duration. {where}");
        }

        if (a.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(a.RetryPolicy)) is { } policy)
        {
            return Refuse($"invalid WorkflowRetryPolicy on ContinueAsNewWorkflowExecutionCommand: {policy}. {where}");
        }

        return SearchAttributeCheck.Problem(check.Step.Engine.SearchAttributes, check.Run.Workflow.Namespace, a.SearchAttributes) is { } problem
            ? new CommandRefusal(WorkflowTaskFailedCause.BadSearchAttributes, problem)
            : null;
    }

    public override void Apply(CommandContext context, Command command) =>
        ContinueAsNew.Continue(context.Step, command.ContinueAsNewWorkflowExecutionCommandAttributes, context.CompletedEventId);

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadContinueAsNewAttributes, message);
}
