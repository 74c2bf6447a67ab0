using Agents.Durable.Agent.Tools;
using Npgsql;

namespace Agents.Durable.Agent.Steps;

/// <summary>Runs a tool so that nothing it does, or leaves undone, keeps the step from its end.</summary>
internal static class ToolInvocation
{
    /// <summary>For a tool to clean up after its time is over or its call was canceled.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <exception cref="OperationCanceledException">The token was canceled; a tool that does not heed it runs on by itself, and its result is lost.</exception>
    /// <exception cref="ToolException">It did not work.</exception>
    public static async Task<ToolResult> RunAsync(ITool tool, ToolCall call, TimeProvider time, CancellationToken cancellationToken)
    {
        // On a thread of its own from the start: it may be a method that never gives the thread back.
        var running = Task.Run(() => tool.InvokeAsync(call, cancellationToken), CancellationToken.None);
        try
        {
            await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(s_grace, time, CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (NpgsqlException e) when (e is not PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } && !e.IsTransient)
        {
            // The tool's own statement; what fails of ours, or for a moment only, is tried again.
            throw new ToolException($"{tool.Spec.Name} failed: {e.Message}", e);
        }

        return await running;
    }
}
