using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

/// <summary>What a command may carry. A workflow that asks for more would ask for it again, so it is ended.</summary>
internal static class CommandSizes
{
    /// <summary>Says that the command carries too much; <see langword="null"/> if it does not.</summary>
    public static CommandRefusal? Check(Command command) => command.AttributesCase switch
    {
        Command.AttributesOneofCase.ScheduleActivityTaskCommandAttributes => Limit(
            command.ScheduleActivityTaskCommandAttributes.Input, WorkflowTaskFailedCause.BadScheduleActivityAttributes, "ScheduleActivityTaskCommandAttributes.Input"),
        // Not a slip: the original gives the cause of an activity here.
        Command.AttributesOneofCase.CompleteWorkflowExecutionCommandAttributes => Limit(
            command.CompleteWorkflowExecutionCommandAttributes.Result, WorkflowTaskFailedCause.BadScheduleActivityAttributes, "CompleteWorkflowExecutionCommandAttributes.Result"),
        Command.AttributesOneofCase.FailWorkflowExecutionCommandAttributes => Limit(
            command.FailWorkflowExecutionCommandAttributes.Failure, WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes, "FailWorkflowExecutionCommandAttributes.Failure"),
        Command.AttributesOneofCase.RecordMarkerCommandAttributes => Limit(
            command.RecordMarkerCommandAttributes, WorkflowTaskFailedCause.BadRecordMarkerAttributes, "RecordMarkerCommandAttributes.Details"),
        Command.AttributesOneofCase.ContinueAsNewWorkflowExecutionCommandAttributes =>
            Limit(
                command.ContinueAsNewWorkflowExecutionCommandAttributes.Input,
                WorkflowTaskFailedCause.BadContinueAsNewAttributes,
                "ContinueAsNewWorkflowExecutionCommandAttributes.Input") ??
            Limit(
                command.ContinueAsNewWorkflowExecutionCommandAttributes.Memo,
                WorkflowTaskFailedCause.BadContinueAsNewAttributes,
                "ContinueAsNewWorkflowExecutionCommandAttributes.Memo"),
        Command.AttributesOneofCase.StartChildWorkflowExecutionCommandAttributes =>
            Limit(
                command.StartChildWorkflowExecutionCommandAttributes.Input,
                WorkflowTaskFailedCause.BadStartChildExecutionAttributes,
                "StartChildWorkflowExecutionCommandAttributes.Input") ??
            Limit(
                command.StartChildWorkflowExecutionCommandAttributes.Memo,
                WorkflowTaskFailedCause.BadStartChildExecutionAttributes,
                "StartChildWorkflowExecutionCommandAttributes.Memo"),
        Command.AttributesOneofCase.SignalExternalWorkflowExecutionCommandAttributes => Limit(
            command.SignalExternalWorkflowExecutionCommandAttributes.Input,
            WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes,
            "SignalExternalWorkflowExecutionCommandAttributes.Input"),
        Command.AttributesOneofCase.ModifyWorkflowPropertiesCommandAttributes => Limit(
            command.ModifyWorkflowPropertiesCommandAttributes.UpsertedMemo,
            WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes,
            "ModifyWorkflowPropertiesCommandAttributes"),
        _ => null,
    };

    private static CommandRefusal? Limit(IMessage? carried, WorkflowTaskFailedCause cause, string what) =>
        SizeLimits.Exceeds(carried) ? new CommandRefusal(cause, $"{what} exceeds size limit.") { Terminates = true } : null;
}
