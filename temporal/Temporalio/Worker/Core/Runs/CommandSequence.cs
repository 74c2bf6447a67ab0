using Temporalio.Bridge.Api.WorkflowCommands;

namespace Temporalio.Worker.Core.Runs;

/// <summary>A completion's commands as the machines get them: answers to queries apart, one terminal command at most, and that last.</summary>
internal static class CommandSequence
{
    /// <param name="commands">As the workflow issued them.</param>
    /// <param name="terminalMovesLast">False for histories that were made before commands behind the terminal one were kept.</param>
    public static (List<WorkflowCommand> Commands, List<QueryResult> Answers) Split(IEnumerable<WorkflowCommand> commands, bool terminalMovesLast)
    {
        var kept = new List<WorkflowCommand>();
        var answers = new List<QueryResult>();
        WorkflowCommand? terminal = null;
        foreach (var command in commands)
        {
            if (command.RespondToQuery is { } answer)
            {
                answers.Add(answer);
            }
            else if (command.IsTerminal())
            {
                terminal ??= command;
            }
            else if (terminal is null || terminalMovesLast)
            {
                kept.Add(command);
            }
        }

        if (terminal is not null)
        {
            kept.Add(terminal);
        }

        return (kept, answers);
    }
}
