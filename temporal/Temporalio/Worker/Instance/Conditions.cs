using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>The conditions that one run waits for, in the order in which the waits began.</summary>
internal sealed class Conditions(WorkflowInstance instance)
{
    private readonly LinkedList<Condition> _waiting = new();

    public Task<bool> WaitAsync(WaitConditionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.ConditionCheck);
        var token = options.CancellationToken ?? instance.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(token);
        }

        var condition = new Condition(options.ConditionCheck, _waiting, instance.Scheduler);
        return instance.Traces.Track(
            options.Timeout is { } timeout && timeout != Timeout.InfiniteTimeSpan
                ? WaitAsync(condition, timeout, options.TimeoutSummary, token)
                : condition.CancelledBy(token));
    }

    /// <summary>Checks in order, and ends the first wait whose condition holds: its code may change what the next one sees.</summary>
    /// <returns>True if a wait ended.</returns>
    public bool ResolveFirst()
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Check())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends every wait whose condition holds, as SDKs before the present event loop did.</summary>
    /// <returns>True if a wait ended.</returns>
    public bool ResolveAll()
    {
        var any = false;
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            any |= node.Value.Check();
            node = next;
        }

        return any;
    }

    private async Task<bool> WaitAsync(Condition condition, TimeSpan timeout, string? summary, CancellationToken token)
    {
        using var timerCancel = CancellationTokenSource.CreateLinkedTokenSource(token);
        var held = condition.CancelledBy(token);
        var timer = instance.Outbound.DelayAsync(new(timeout, timerCancel.Token, summary));
        if (await Task.WhenAny(held, timer) == held)
        {
            // Not CancelAsync: its callbacks would run on the thread pool.
            timerCancel.Cancel();
            return await held;
        }

        condition.GiveUp();
        await timer;
        return false;
    }

    private sealed class Condition : TaskCompletionSource<bool>
    {
        private readonly Func<bool> _check;
        private readonly LinkedListNode<Condition> _node;
        private readonly WorkflowScheduler _scheduler;
        private CancellationTokenRegistration _registration;

        public Condition(Func<bool> check, LinkedList<Condition> waiting, WorkflowScheduler scheduler)
        {
            _scheduler = scheduler;
            _check = check;
            _node = waiting.AddLast(this);
        }

        public Task<bool> CancelledBy(CancellationToken token)
        {
            _registration = token.UnsafeRegister(static (condition, cancelled) => ((Condition)condition!).Cancel(cancelled), this);
            return Task;
        }

        /// <returns>True if the wait is over.</returns>
        public bool Check()
        {
            try
            {
                if (!_check())
                {
                    return false;
                }

                GiveUp();
                TrySetResult(true);
            }
            catch (Exception e)
            {
                GiveUp();
                TrySetException(e);
            }

            return true;
        }

        public void GiveUp()
        {
            _node.List?.Remove(_node);
            _registration.Dispose();
        }

        private void Cancel(CancellationToken token)
        {
            if (!_scheduler.Admits())
            {
                return;
            }

            _node.List?.Remove(_node);
            TrySetCanceled(token);
        }
    }
}
