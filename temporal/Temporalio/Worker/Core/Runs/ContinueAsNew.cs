using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.Common;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>The command that ends a run with another, filled in from this run where the workflow left things open.</summary>
internal static class ContinueAsNew
{
#pragma warning disable CS0612 // Unversioned task queues still go by this field.
    public static Command ToCommand(ContinueAsNewWorkflowExecution command, RunMachines run)
    {
        var attributes = new ContinueAsNewWorkflowExecutionCommandAttributes
        {
            WorkflowType = new() { Name = command.WorkflowType },
            TaskQueue = CommandParts.Queue(command.TaskQueue),
            Input = CommandParts.Payloads(command.Arguments),
            WorkflowRunTimeout = command.WorkflowRunTimeout,
            WorkflowTaskTimeout = command.WorkflowTaskTimeout,
            BackoffStartInterval = command.BackoffStartInterval,
            Memo = command.Memo.Count > 0 ? CommandParts.Memo(command.Memo) : run.Start?.Memo is { Fields.Count: > 0 } memo ? memo : null,
            Header = command.Headers.Count > 0 ? CommandParts.Header(command.Headers) : null,
            RetryPolicy = command.RetryPolicy ?? run.Start?.RetryPolicy,
            SearchAttributes = command.SearchAttributes ?? Inherited(run),
            InheritBuildId = VersioningIntents.InheritsBuildId(command.VersioningIntent, command.TaskQueue, run.Context.TaskQueue),
            InitialVersioningBehavior = command.InitialVersioningBehavior,
        };
        return new() { CommandType = CommandType.ContinueAsNewWorkflowExecution, ContinueAsNewWorkflowExecutionCommandAttributes = attributes };
    }
#pragma warning restore CS0612

    private static SearchAttributes? Inherited(RunMachines run)
    {
        if (run.Start is not { SearchAttributes.Count: > 0 } start)
        {
            return null;
        }

        var attributes = new SearchAttributes();
        foreach (var (name, value) in start.SearchAttributes)
        {
            attributes.IndexedFields.Add(name, value);
        }

        return attributes;
    }
}
