using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Commands;

internal sealed class StartChildCommand : CommandHandler
{
    private const int MaxChildren = 2000;

    public override CommandType Type => CommandType.StartChildWorkflowExecution;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var a = command.StartChildWorkflowExecutionCommandAttributes;
        if (a is null)
        {
            return Refuse("StartChildWorkflowExecutionCommandAttributes is not set on StartChildWorkflowExecutionCommand.");
        }

        var ns = a.Namespace.Length > 0 ? a.Namespace : check.Run.Workflow.Namespace;
        check.Step.Engine.Namespaces.Require(ns);
        var type = a.WorkflowType?.Name ?? "";
        var where = $"WorkflowId={a.WorkflowId} WorkflowType={type} Namespace={ns}";
        if (a.WorkflowId.Length == 0)
        {
            return Refuse($"Required field WorkflowId is not set on StartChildWorkflowExecutionCommand. WorkflowType={type} Namespace={ns}");
        }

        if (type.Length == 0)
        {
            return Refuse($"Required field WorkflowType is not set on StartChildWorkflowExecutionCommand. WorkflowId={a.WorkflowId} Namespace={ns}");
        }

        if (Requests.TooLong(a.WorkflowId))
        {
            return Refuse($"WorkflowId on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId={a.WorkflowId} Length={a.WorkflowId.Length} Limit={Requests.MaxIdBytes} WorkflowType={type} Namespace={ns}");
        }

        if (Requests.TooLong(type))
        {
            return Refuse($"WorkflowType on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId={a.WorkflowId} WorkflowType={type} Length={type.Length} Limit={Requests.MaxIdBytes} Namespace={ns}");
        }

        if (Negative(a) is { } timeout)
        {
            return Refuse($"Invalid {timeout} on StartChildWorkflowExecutionCommand: negative duration. {where}");
        }

        if (a.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(a.RetryPolicy)) is { } policy)
        {
            return Refuse($"invalid WorkflowRetryPolicy on StartChildWorkflowExecutionCommand: {policy}. {where}");
        }

        if (a.CronSchedule.Length > 0 && !Schedules.CronSpec.TryParse(a.CronSchedule, out _))
        {
            return Refuse($"invalid CronSchedule on StartChildWorkflowExecutionCommand: invalid CronSchedule.. {where}");
        }

        if (a.TaskQueue is { } queue && Requests.TooLong(queue.Name))
        {
            return Refuse($"invalid TaskQueue on StartChildWorkflowExecutionCommand: taskQueue length exceeds limit. {where} TaskQueue=name:\"{queue.Name}\"  kind:TASK_QUEUE_KIND_NORMAL");
        }

        if (SearchAttributeCheck.Problem(check.Step.Engine.SearchAttributes, ns, a.SearchAttributes) is { } problem)
        {
            return new CommandRefusal(WorkflowTaskFailedCause.BadSearchAttributes, problem);
        }

        check.NewChildren.Add(a.WorkflowId);
        return check.Run.Children.Count + check.NewChildren.Count > MaxChildren
            ? new CommandRefusal(WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded, $"the number of pending child workflow executions, {MaxChildren}, has reached the per-workflow limit of {MaxChildren}")
            : null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var a = command.StartChildWorkflowExecutionCommandAttributes;
        var engine = context.Step.Engine;
        var entry = engine.Namespaces.Require(a.Namespace.Length > 0 ? a.Namespace : context.Run.Workflow.Namespace);
        var runTimeout = a.WorkflowRunTimeout ?? new Duration();
        var e = context.Step.Append(new HistoryEvent
        {
            EventType = EventType.StartChildWorkflowExecutionInitiated,
            UserMetadata = command.UserMetadata,
            StartChildWorkflowExecutionInitiatedEventAttributes = new()
            {
                Namespace = entry.Name,
                NamespaceId = entry.Id,
                WorkflowId = a.WorkflowId,
                WorkflowType = a.WorkflowType,
                TaskQueue = new() { Name = a.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : context.Run.Info.TaskQueue, Kind = TaskQueueKind.Normal },
                Input = a.Input,
                WorkflowExecutionTimeout = a.WorkflowExecutionTimeout,
                WorkflowRunTimeout = runTimeout,
                WorkflowTaskTimeout = StartRequests.TaskTimeout(a.WorkflowTaskTimeout, runTimeout),
                ParentClosePolicy = a.ParentClosePolicy == ParentClosePolicy.Unspecified ? ParentClosePolicy.Terminate : a.ParentClosePolicy,
                Control = a.Control,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                WorkflowIdReusePolicy = a.WorkflowIdReusePolicy == WorkflowIdReusePolicy.Unspecified ? WorkflowIdReusePolicy.AllowDuplicate : a.WorkflowIdReusePolicy,
                RetryPolicy = a.RetryPolicy is null ? null : RetryPolicies.Filled(a.RetryPolicy),
                CronSchedule = a.CronSchedule,
                Header = a.Header,
                Memo = a.Memo is { Fields.Count: > 0 } ? a.Memo : null,
                SearchAttributes = SearchAttributeCheck.Typed(engine.SearchAttributes, entry.Name, a.SearchAttributes),
                InheritBuildId = a.InheritBuildId,
                Priority = a.Priority,
            },
        });
        var child = PendingChild.Of(e, context.Run.RunId);
        context.Run.Children.Add(child);
        ChildStart.Send(context.Step, child, command.UserMetadata);
    }

    private static string? Negative(StartChildWorkflowExecutionCommandAttributes a) =>
        a.WorkflowExecutionTimeout.ToSpan() < TimeSpan.Zero ? "WorkflowExecutionTimeout"
        : a.WorkflowRunTimeout.ToSpan() < TimeSpan.Zero ? "WorkflowRunTimeout"
        : a.WorkflowTaskTimeout.ToSpan() < TimeSpan.Zero ? "WorkflowTaskTimeout"
        : null;

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadStartChildExecutionAttributes, message);
}
