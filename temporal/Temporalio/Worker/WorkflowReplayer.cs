using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Temporalio.Common;
using Temporalio.Worker.Setup;

namespace Temporalio.Worker;

/// <summary>Runs workflow code against recorded histories, to find out whether it still fits them. Needs no server.</summary>
public class WorkflowReplayer
{
    private readonly IReadOnlyList<ITemporalWorkerPlugin> _plugins;

    /// <param name="options">What to replay with; copied.</param>
    /// <exception cref="ArgumentException">There are no workflows, or two have one name.</exception>
    public WorkflowReplayer(WorkflowReplayerOptions options)
    {
        Options = (WorkflowReplayerOptions)options.Clone();
        _plugins = [.. Options.Plugins ?? []];
        foreach (var plugin in _plugins)
        {
            plugin.ConfigureReplayer(Options);
        }

        if (Options.Workflows.Count == 0)
        {
            throw new ArgumentException("Must have at least one workflow", nameof(options));
        }

        WorkflowTasks.WorkflowRegistry.Build(Options.Workflows);
    }

    /// <summary>Options of this replayer. Changes have no effect.</summary>
    public WorkflowReplayerOptions Options { get; }

    /// <summary>Replays one history.</summary>
    /// <param name="history">The history; need not be complete.</param>
    /// <param name="throwOnReplayFailure">True to throw if the code does not fit; otherwise the result tells.</param>
    /// <param name="cancellationToken">Cancels the replay.</param>
    /// <exception cref="Exceptions.InvalidWorkflowOperationException">The code does not fit, and that is to be thrown.</exception>
    public async Task<WorkflowReplayResult> ReplayWorkflowAsync(
        WorkflowHistory history, bool throwOnReplayFailure = true, CancellationToken cancellationToken = default) =>
        (await ReplayWorkflowsAsync([history], throwOnReplayFailure, cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>Replays histories, all of them unless a failure is thrown.</summary>
    /// <inheritdoc cref="ReplayWorkflowAsync"/>
    public Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        IEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure = false, CancellationToken cancellationToken = default)
    {
        Func<WorkflowReplayer, CancellationToken, Task<IEnumerable<WorkflowReplayResult>>> replay = (_, token) =>
            ReplayAllAsync(histories, throwOnReplayFailure, token);
        foreach (var plugin in _plugins.Reverse())
        {
            var next = replay;
            replay = (replayer, token) => plugin.ReplayWorkflowsAsync(replayer, next, token);
        }

        return replay(this, cancellationToken);
    }

    /// <summary>Replays histories as they come.</summary>
    /// <inheritdoc cref="ReplayWorkflowAsync"/>
    public IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        IAsyncEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure = false, CancellationToken cancellationToken = default)
    {
        Func<WorkflowReplayer, IAsyncEnumerable<WorkflowReplayResult>> replay = _ => ReplayEachAsync(histories, throwOnReplayFailure, cancellationToken);
        foreach (var plugin in _plugins.Reverse())
        {
            var next = replay;
            replay = replayer => plugin.ReplayWorkflowsAsync(replayer, next, cancellationToken);
        }

        return replay(this);
    }

    private static WorkflowReplayResult Checked(WorkflowReplayResult result, bool throwOnReplayFailure)
    {
        if (throwOnReplayFailure && result.ReplayFailure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return result;
    }

    private async Task<IEnumerable<WorkflowReplayResult>> ReplayAllAsync(
        IEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure, CancellationToken cancellationToken)
    {
        var results = new List<WorkflowReplayResult>();
        await using var session = new ReplaySession(Options);
        foreach (var history in histories)
        {
            results.Add(Checked(await session.ReplayAsync(history, cancellationToken).ConfigureAwait(false), throwOnReplayFailure));
        }

        return results;
    }

    private async IAsyncEnumerable<WorkflowReplayResult> ReplayEachAsync(
        IAsyncEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var session = new ReplaySession(Options);
        await foreach (var history in histories.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return Checked(await session.ReplayAsync(history, cancellationToken).ConfigureAwait(false), throwOnReplayFailure);
        }
    }
}
