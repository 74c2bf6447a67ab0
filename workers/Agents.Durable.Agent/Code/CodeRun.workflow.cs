using System.Globalization;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Mutex = Temporalio.Workflows.Mutex;

namespace Agents.Durable.Agent.Code;

/// <summary>
/// A run whose steps the author's code asks for. Before each step mail is read, so that a stop is heeded at the next boundary; what changes the transcript goes one
/// after the other, because each message has its place in it; tools run side by side.
/// </summary>
internal sealed class CodeRun
{
    /// <summary>Messages that are read ahead of the work. What is not read stays in the mailbox, so a history may end whatever waits there.</summary>
    private const int Window = 20;

    private readonly Mutex _order = new();
    private readonly Queue<ReceivedMessage> _inbox = new();
    private bool _reads;
    private bool _waits;
    private int _tools;
    private int _ahead;
    private long _seen;

    /// <summary>Steps are served by the workers of declarative agents, wherever the author's program runs; a worker that serves them itself redirects them.</summary>
    public AgentRun Run { get; } = new(AgentWorkflows.TaskQueue);

    /// <summary>The author's code decides how long a turn is; the definition, how long the task.</summary>
    private RunState Timed => Run.State with { Limits = Run.State.Limits with { TurnSeconds = null } };

    public async Task LiveAsync(RunState? carried, Func<Task> work)
    {
        if (carried is not null)
        {
            Run.Carry(carried);
        }

        await Run.LiveAsync(async () =>
        {
            try
            {
                while (await TurnsAsync(work))
                {
                }
            }
            catch (StoppedException e) when (e.Stop == Stop.Cancel)
            {
                await Run.CancelAsync();
            }
            catch (StoppedException e) when (e.Stop == Stop.Late)
            {
                await Run.SkipToolsAsync("the task's time was over");
                await Run.SettleAsync(AgentTaskStatus.TimedOut, e.Message, null);
                throw new ApplicationFailureException(e.Message, "AgentTimedOut", nonRetryable: true);
            }
            catch (FailureException e) when (!(TemporalException.IsCanceledException(e) && Workflow.CancellationToken.IsCancellationRequested))
            {
                var reason = AgentRun.Reason(e);
                await Run.SkipToolsAsync("the agent failed");
                await Run.SettleAsync(AgentTaskStatus.Failed, reason, null);
                throw new ApplicationFailureException(reason, e, "AgentFailed", nonRetryable: true);
            }
        });
    }

    /// <summary>The next message; waits for one, which is when a turn is over and a history may end.</summary>
    public async Task<ReceivedMessage> NextAsync()
    {
        _reads = true;
        if (_inbox.Count == 0 && Run.Unread && Run.HistoryFull && _tools == 0 && Run.CallsInQuestion == 0 && AgentRun.IsPatched("between-messages"))
        {
            throw Run.ContinueAsNew();
        }

        _waits = true;
        try
        {
            await WaitAsync();
        }
        finally
        {
            _waits = false;
        }

        Run.Doing = "working";
        return _inbox.Dequeue();
    }

    private async Task WaitAsync()
    {
        await BoundaryAsync();
        while (_inbox.Count == 0)
        {
            if (Run.State.Open)
            {
                await SkipLeftAsync();
                Run.EndTurn();
            }

            if (Run.HistoryLong && _tools == 0 && Run.CallsInQuestion == 0)
            {
                throw Run.ContinueAsNew();
            }

            Run.Doing = "waiting for input";
            await Deadlines.WaitAsync(() => Run.Unread || Run.State.Interrupt, Timed);
            await BoundaryAsync();
        }
    }

    /// <summary>A step that adds to the transcript, when nothing else does.</summary>
    public async Task<T> InOrderAsync<T>(string doing, Func<Task<T>> step)
    {
        await BoundaryAsync();
        await _order.WaitOneAsync();
        try
        {
            Run.Doing = doing;
            return await step();
        }
        finally
        {
            Run.Doing = "working";
            _order.ReleaseMutex();
        }
    }

    /// <summary>The same for a model call, which needs all calls before it answered.</summary>
    public async Task<T> WithAllAnsweredAsync<T>(string doing, Func<Task<T>> step)
    {
        while (true)
        {
            await Workflow.WaitConditionAsync(() => _tools == 0);
            await BoundaryAsync();
            await _order.WaitOneAsync();
            try
            {
                if (_tools == 0)
                {
                    await Run.SkipToolsAsync("the agent did not make it");
                    Run.Doing = doing;
                    return await step();
                }
            }
            finally
            {
                Run.Doing = "working";
                _order.ReleaseMutex();
            }
        }
    }

    /// <summary>Makes a call, as often as persons have to decide about it.</summary>
    public async Task<ToolFacts> CallToolAsync(OpenCalls calls, int index)
    {
        _tools++;
        try
        {
            for (var asked = false; ; asked = true)
            {
                // The answer to a question may be behind any number of messages.
                await BoundaryAsync(everything: asked);
                Run.Doing = "using tools";
                ToolFacts? facts = null;
                await KeepAsync(async token => facts = await Run.CallToolAsync(calls, index, bodies: true, token));
                if (facts is { Ask: false })
                {
                    return facts;
                }

                Run.Doing = "waiting for a decision";
                await Deadlines.WaitAsync(() => Run.Unread || Run.State.Interrupt || calls.ToMake.Contains(index), Timed);
            }
        }
        finally
        {
            _tools--;
            Run.Doing = "working";
        }
    }

    /// <summary>Runs a step that the task's time cancels.</summary>
    public async Task KeepAsync(Func<CancellationToken, Task> step)
    {
        await Deadlines.KeepAsync(step, Timed);
        ThrowIfLate();
    }

    /// <summary>Reads mail, and heeds what it asks for.</summary>
    /// <param name="everything">Whether to read on when the work has messages enough.</param>
    /// <exception cref="StoppedException">The work ends here.</exception>
    public async Task BoundaryAsync(bool everything = false)
    {
        if (Run.Unread)
        {
            await _order.WaitOneAsync();
            try
            {
                await ReadAsync(everything);
            }
            finally
            {
                _order.ReleaseMutex();
            }
        }

        if (Run.Cancel)
        {
            throw new StoppedException(Stop.Cancel, "The task is canceled.");
        }

        if (Run.State.Interrupt)
        {
            throw new StoppedException(Stop.Interrupt, "A person stopped the agent.");
        }

        ThrowIfLate();
    }

    /// <summary>Reads until the work has messages enough, and on if a stop is behind them.</summary>
    private async Task ReadAsync(bool everything)
    {
        while (Run.Unread && !Run.State.Interrupt && !Run.Cancel)
        {
            // A full history is to end where the work asks for its next message, so it gets no more than it has.
            _ahead = _inbox.Count == 0 && (_waits || !Run.HistoryFull) ? 0 : _ahead;
            if (everything || _ahead < Window || !AgentRun.IsPatched("window"))
            {
                await TakeMailAsync(everything ? null : Math.Max(1, Window - _ahead));
            }
            else if (Run.State.Newest > _seen)
            {
                // There may be a stop among what is new.
                _seen = Run.State.Newest;
                await TakeMailAsync(0);
            }
            else
            {
                return;
            }
        }
    }

    private async Task TakeMailAsync(int? room)
    {
        var facts = await Run.TakeMailAsync(bodies: true, room);
        if (facts.Stop)
        {
            // All up to it is taken.
            _seen = 0;
        }

        _ahead += facts.Said?.Count ?? 0;
        foreach (var said in facts.Said ?? [])
        {
            _inbox.Enqueue(new ReceivedMessage(said.Position, said.Text));
        }
    }

    /// <summary>Calls the work once; true when it is to be called again.</summary>
    private async Task<bool> TurnsAsync(Func<Task> work)
    {
        try
        {
            await BoundaryAsync();
            Run.Doing = "working";
            await work();
            await BoundaryAsync();
            await Workflow.WaitConditionAsync(() => _tools == 0);
            await SkipLeftAsync();
            if (Run.State.Open)
            {
                Run.EndTurn();
            }

            Run.Doing = "ending";
            while (!(_reads && _inbox.Count > 0))
            {
                if (!await Run.SettleAsync(AgentTaskStatus.Completed, "Task completed", Run.State.Cursor))
                {
                    return false;
                }

                await BoundaryAsync(everything: !_reads);
            }

            return true;
        }
        catch (StoppedException e) when (e.Stop == Stop.Interrupt)
        {
            await Run.SkipToolsAsync("a person stopped the agent");
            await Run.PauseAsync();
            _inbox.Clear();
            await Deadlines.WaitAsync(() => Run.Unread, Timed);
            return true;
        }
    }

    private async Task SkipLeftAsync()
    {
        if (_tools == 0)
        {
            await Run.SkipToolsAsync("the agent did not make it");
        }
    }

    private void ThrowIfLate()
    {
        if (Deadlines.Passed(Timed, Workflow.UtcNow) == Lateness.Task)
        {
            throw new StoppedException(Stop.Late, string.Create(CultureInfo.InvariantCulture, $"The task ran for {Run.State.Limits.TaskSeconds:0.###} s, its limit."));
        }
    }
}

/// <summary>Why the work of a code agent ends in the middle.</summary>
internal enum Stop
{
    Cancel,
    Interrupt,
    Late,
}
