using System.Diagnostics;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;
using Command = Temporalio.Api.Command.V1.Command;
using Kind = Temporalio.Bridge.Api.WorkflowCommands.WorkflowCommand.VariantOneofCase;

namespace Temporalio.Worker.Core.Runs;

/// <summary>The four commands that close a workflow.</summary>
internal static class TerminalCommands
{
    public static bool IsTerminal(this WorkflowCommand command) => command.VariantCase is
        Kind.CompleteWorkflowExecution or Kind.FailWorkflowExecution or Kind.CancelWorkflowExecution or Kind.ContinueAsNewWorkflowExecution;

    public static (TerminalMachine Machine, Command Outgoing) Of(WorkflowCommand command, RunMachines run) => command.VariantCase switch
    {
        Kind.CompleteWorkflowExecution => (
            new(run, "Complete workflow machine", EventType.WorkflowExecutionCompleted),
            new()
            {
                CommandType = CommandType.CompleteWorkflowExecution,
                CompleteWorkflowExecutionCommandAttributes = new() { Result = CommandParts.Payloads(command.CompleteWorkflowExecution.Result) },
            }),
        Kind.FailWorkflowExecution => (
            new(run, "Fail workflow machine", EventType.WorkflowExecutionFailed),
            new()
            {
                CommandType = CommandType.FailWorkflowExecution,
                FailWorkflowExecutionCommandAttributes = new() { Failure = command.FailWorkflowExecution.Failure },
            }),
        Kind.CancelWorkflowExecution => (
            new(run, "Cancel workflow machine", EventType.WorkflowExecutionCanceled),
            new()
            {
                CommandType = CommandType.CancelWorkflowExecution,
                CancelWorkflowExecutionCommandAttributes = new() { Details = command.CancelWorkflowExecution.Details },
            }),
        Kind.ContinueAsNewWorkflowExecution => (
            new(run, "Continue as new workflow machine", EventType.WorkflowExecutionContinuedAsNew),
            ContinueAsNew.ToCommand(command.ContinueAsNewWorkflowExecution, run)),
        _ => throw new UnreachableException(),
    };
}
