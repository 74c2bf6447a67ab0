using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tools.Shell;

/// <summary>The tool <c>shell</c>, where this machine has a sandbox for it; elsewhere those who ask for it are told why there is none.</summary>
internal sealed partial class ShellTools(Func<Task<ShellSandbox>> find, TimeProvider time, ILogger<ShellTools> logger) : IToolSource
{
    private const string Name = "shell";

    // One look for all who ask, and none of them holds a thread meanwhile.
    private readonly Lazy<Task<ShellSandbox>> _sandbox = new(() => NotedAsync(find(), logger));

    public IEnumerable<string> Names => [Name];

    public async ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Name != Name)
        {
            return null;
        }

        var sandbox = await _sandbox.Value.WaitAsync(cancellationToken);
        return sandbox.Program is { } program
            ? [new ShellTool(program, time)]
            : throw new ToolException($"There is no shell on this worker: {sandbox.Reason}.");
    }

    private static async Task<ShellSandbox> NotedAsync(Task<ShellSandbox> finding, ILogger logger)
    {
        var sandbox = await finding;
        if (sandbox.Program is null)
        {
            LogNone(logger, sandbox.Reason);
        }

        return sandbox;
    }

    [LoggerMessage(LogLevel.Warning, "Agents have no shell on this worker: {Reason}.")]
    private static partial void LogNone(ILogger logger, string reason);
}
