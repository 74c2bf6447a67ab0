using Temporalio.Api.Command.V1;
using Temporalio.Bridge.Api.WorkflowCommands;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Whether a completed activation answers its workflow task, and with what.</summary>
internal static class TaskAnswer
{
    public static CompletionOutcome Decide(
        RunMachines run, OutstandingTask task, ActivationTicket ticket, IReadOnlyList<QueryResult> answers, bool forceNewTask)
    {
        // Not while there is more to do, nor for a history that is only being played back: to its end, or for a query.
        var isPlayback = task.PendingQueries.Count > 0 && answers.Count == 0;
        var responds = !run.HasPendingJobs && (!run.Replaying || ticket.IsForcedFailure) && !isPlayback && !run.SawTerminalEvent;
        if (!responds && answers.Count == 0)
        {
            return CompletionOutcome.DoNothing.Instance;
        }

        // The answer to a query takes the task away, so a result that the workflow has not been told of needs another one.
        var force = forceNewTask || (answers.Count > 0 && run.HasPendingLocalResolutions);
        run.Flags.UseAll();
        var commands = new List<Command>(run.Outgoing.Count);
        foreach (var entry in run.Outgoing)
        {
            if (!entry.Machine.IsFinal)
            {
                commands.Add(entry.Command);
            }
        }

        run.DeploymentVersion = run.Context.DeploymentVersion;
        return new CompletionOutcome.Complete(
            task.Token,
            task.Attempt,
            commands,
            run.TakeMessages(),
            answers,
            run.Flags.TakeUnwritten(),
            ticket.Completion!.VersioningBehavior,
            force);
    }
}
