using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Steps;

/// <summary>A model's answer, read so that a client that does not heed its token keeps no step from its end.</summary>
internal static class ModelStream
{
    /// <summary>For a client to clean up after it was told to stop.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <exception cref="OperationCanceledException">The token was canceled; a client that does not heed it is left to itself.</exception>
    public static async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        IAsyncEnumerable<ChatResponseUpdate> answer, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updates = answer.GetAsyncEnumerator(cancellationToken);
        Task<bool>? moving = null;
        try
        {
            while (true)
            {
                var next = updates.MoveNextAsync();
                moving = next.IsCompleted ? null : next.AsTask();
                if (!(moving is null ? await next : await InTimeAsync(moving, time, cancellationToken)))
                {
                    yield break;
                }

                yield return updates.Current;
            }
        }
        finally
        {
            if (moving is null or { IsCompleted: true })
            {
                await updates.DisposeAsync();
            }
            else
            {
                // It must not be disposed of while it works.
                _ = LeaveAsync(updates, moving);
            }
        }
    }

    private static async Task<bool> InTimeAsync(Task<bool> moving, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await moving.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !moving.IsCompleted)
        {
            if (await Task.WhenAny(moving, Task.Delay(s_grace, time, CancellationToken.None)) != moving)
            {
                throw;
            }
        }

        return await moving;
    }

    private static async Task LeaveAsync(IAsyncEnumerator<ChatResponseUpdate> updates, Task moving)
    {
        await moving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await updates.DisposeAsync();
        }
        catch (Exception)
        {
            // Nobody waits for it any more.
        }
    }
}
