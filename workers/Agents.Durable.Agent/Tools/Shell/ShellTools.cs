using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tools.Shell;

/// <summary>The tool <c>shell</c>, where this machine has a sandbox for it; elsewhere those who ask for it are told why there is none.</summary>
internal sealed partial class ShellTools(Func<ShellSandbox> find, TimeProvider time, ILogger<ShellTools> logger) : IToolSource
{
    private const string Name = "shell";
    private readonly Lazy<ShellSandbox> _sandbox = new(() => Noted(find(), logger));

    public IEnumerable<string> Names => [Name];

    public ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Name != Name)
        {
            return ValueTask.FromResult<IReadOnlyList<ITool>?>(null);
        }

        return _sandbox.Value is { Program: { } program }
            ? ValueTask.FromResult<IReadOnlyList<ITool>?>([new ShellTool(program, time)])
            : throw new ToolException($"There is no shell on this worker: {_sandbox.Value.Reason}.");
    }

    private static ShellSandbox Noted(ShellSandbox sandbox, ILogger logger)
    {
        if (sandbox.Program is null)
        {
            LogNone(logger, sandbox.Reason);
        }

        return sandbox;
    }

    [LoggerMessage(LogLevel.Warning, "Agents have no shell on this worker: {Reason}.")]
    private static partial void LogNone(ILogger logger, string reason);
}
