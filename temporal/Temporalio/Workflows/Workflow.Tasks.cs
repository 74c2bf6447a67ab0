namespace Temporalio.Workflows;

/// <content>Timers, conditions and tasks.</content>
public static partial class Workflow
{
    /// <summary>Waits; the wait survives the worker.</summary>
    /// <param name="millisecondsDelay">How long, in milliseconds; -1 waits without end, 0 counts as 1.</param>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    public static Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        DelayWithOptionsAsync(new(millisecondsDelay, cancellationToken: cancellationToken));

    /// <summary>Waits; the wait survives the worker.</summary>
    /// <param name="delay">How long; <see cref="Timeout.InfiniteTimeSpan"/> waits without end, zero counts as 1 ms.</param>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    public static Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        DelayWithOptionsAsync(new(delay, cancellationToken: cancellationToken));

    /// <summary>Waits; the wait survives the worker.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task DelayWithOptionsAsync(DelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Context.Outbound.DelayAsync(new(options.Delay, options.CancellationToken, options.Summary));
    }

    /// <summary>Waits until a condition holds. It is checked after everything else of an activation and must not have effects.</summary>
    public static Task WaitConditionAsync(Func<bool> conditionCheck, CancellationToken? cancellationToken = null) =>
        WaitConditionWithOptionsAsync(new(conditionCheck, cancellationToken: cancellationToken));

    /// <summary>Waits until a condition holds or the time, in milliseconds, has passed.</summary>
    /// <returns>False if the time has passed.</returns>
    public static Task<bool> WaitConditionAsync(Func<bool> conditionCheck, int timeoutMilliseconds, CancellationToken? cancellationToken = null) =>
        WaitConditionAsync(conditionCheck, TimeSpan.FromMilliseconds(timeoutMilliseconds), cancellationToken);

    /// <summary>Waits until a condition holds or the time has passed.</summary>
    /// <returns>False if the time has passed.</returns>
    public static Task<bool> WaitConditionAsync(Func<bool> conditionCheck, TimeSpan timeout, CancellationToken? cancellationToken = null) =>
        WaitConditionWithOptionsAsync(new(conditionCheck, timeout, cancellationToken: cancellationToken));

    /// <summary>Waits until a condition holds or the time has passed.</summary>
    /// <returns>False if the time has passed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<bool> WaitConditionWithOptionsAsync(WaitConditionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Context.Conditions.WaitAsync(options);
    }

    /// <summary>Starts a flow of its own; use it instead of <c>Task.Run</c>.</summary>
    public static Task RunTaskAsync(Func<Task> function, CancellationToken? cancellationToken = null) =>
        Task.Factory.StartNew(function, cancellationToken ?? CancellationToken, TaskCreationOptions.None, Context.Scheduler).Unwrap();

    /// <summary>Starts a flow of its own; use it instead of <c>Task.Run</c>.</summary>
    public static Task<TResult> RunTaskAsync<TResult>(Func<Task<TResult>> function, CancellationToken? cancellationToken = null) =>
        Task.Factory.StartNew(function, cancellationToken ?? CancellationToken, TaskCreationOptions.None, Context.Scheduler).Unwrap();

    /// <summary>The first of the tasks to end; use it instead of <c>Task.WhenAny</c>.</summary>
    public static Task<Task> WhenAnyAsync(params Task[] tasks) => WhenAnyAsync<Task>(tasks);

    /// <inheritdoc cref="WhenAnyAsync(Task[])"/>
    public static Task<Task> WhenAnyAsync(IEnumerable<Task> tasks) => WhenAnyAsync<Task>([.. tasks]);

    /// <inheritdoc cref="WhenAnyAsync(Task[])"/>
    public static Task<Task<TResult>> WhenAnyAsync<TResult>(params Task<TResult>[] tasks) => WhenAnyAsync<Task<TResult>>(tasks);

    /// <inheritdoc cref="WhenAnyAsync(Task[])"/>
    public static Task<Task<TResult>> WhenAnyAsync<TResult>(IEnumerable<Task<TResult>> tasks) => WhenAnyAsync<Task<TResult>>([.. tasks]);

    /// <summary>Ends when all tasks have; use it instead of <c>Task.WhenAll</c>.</summary>
    public static Task WhenAllAsync(IEnumerable<Task> tasks) => Task.WhenAll(tasks);

    /// <inheritdoc cref="WhenAllAsync(IEnumerable{Task})"/>
    public static Task WhenAllAsync(params Task[] tasks) => Task.WhenAll(tasks);

    /// <inheritdoc cref="WhenAllAsync(IEnumerable{Task})"/>
    public static Task<TResult[]> WhenAllAsync<TResult>(IEnumerable<Task<TResult>> tasks) => Task.WhenAll(tasks);

    /// <inheritdoc cref="WhenAllAsync(IEnumerable{Task})"/>
    public static Task<TResult[]> WhenAllAsync<TResult>(params Task<TResult>[] tasks) => Task.WhenAll(tasks);

    /// <summary>Task.WhenAny of some runtimes continues on the default scheduler; this stays on the workflow's.</summary>
    private static Task<TTask> WhenAnyAsync<TTask>(TTask[] tasks)
        where TTask : Task => Task.Factory.ContinueWhenAny(
            tasks, static first => (TTask)first, default, TaskContinuationOptions.None, Context.Scheduler);
}
