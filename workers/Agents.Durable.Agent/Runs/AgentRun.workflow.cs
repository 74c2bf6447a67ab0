using System.Linq.Expressions;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Runs;

/// <summary>
/// What every run of a task has, whoever decides on its steps: cursors and counters, the mailbox, the steps with what they change, and the ways in which a
/// run ends. It lives inside a workflow whose id is the task's.
/// </summary>
/// <param name="queue">Where the steps are served; null for where the workflow is.</param>
internal sealed class AgentRun(string? queue)
{
    /// <summary>The engine lets the runs of a task begin a second apart: one that is followed sooner would make its successor wait for the rest of it.</summary>
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(1.1);

    private readonly StepOptions _options = new(queue);
    private readonly List<OpenCalls> _calls = [];
    private bool _ended;
    private bool _leaving;
    private long _answered;
    private ContinueAsNewException? _next;

    public RunState State { get; set; } = new();

    /// <summary>Whether the mailbox was looked into, or an earlier history of this run did.</summary>
    public bool Looked { get; private set; }

    /// <summary>Mail asks for the end of the task.</summary>
    public bool Cancel { get; private set; }

    /// <summary>What the run is at, for people.</summary>
    public string Doing { get; set; } = "starting";

    public bool Unread => !Looked || State.Newest > State.Cursor;

    public int CallsToMake => _calls.Sum(calls => calls.ToMake.Count);

    public int CallsInQuestion => _calls.Sum(calls => calls.InQuestion.Count);

    /// <summary>Whether the history has grown enough to go on in a new one.</summary>
    public bool HistoryFull => IsLong(State.Limits.HistoryEvents);

    /// <summary>Whether a new history is worth it while nothing else is to be done.</summary>
    public bool HistoryLong => IsLong(State.Limits.HistoryEvents / 2);

    /// <summary>Takes up what an earlier history of this run left. Signals may have come before.</summary>
    public void Carry(RunState state)
    {
        Looked = true;
        _answered = state.Open ? 0 : state.Cursor;
        State = state with { Newest = Math.Max(State.Newest, state.Newest), Interrupt = State.Interrupt || state.Interrupt };
    }

    public void Expect(long position) => State = State with { Newest = Math.Max(State.Newest, position) };

    public void Interrupt() => State = State with { Interrupt = true };

    public SessionState Describe() => new(Doing, State.Turns, State.Iterations, State.Calls - State.Asked, State.Head, State.Cursor) { Open = State.Open };

    public SessionUsage Usage() => new(State.InputTokens, State.OutputTokens, State.Calls - State.Asked, State.CostMicros / 1_000_000m);

    public SessionPending Pending() =>
        new([.. _calls.SelectMany(calls => calls.IdsToMake)], [.. _calls.SelectMany(calls => calls.IdsInQuestion)], Math.Max(0, State.Newest - State.Cursor));

    /// <exception cref="ApplicationFailureException">The text cannot be a message, or this run takes none any more.</exception>
    public void CheckMessage(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > StepOptions.LongestMessage)
        {
            throw new ApplicationFailureException($"The message must have 1 to {StepOptions.LongestMessage} characters.", "BadMessage", nonRetryable: true);
        }

        if (_ended)
        {
            throw Refusals.TakesNoMore();
        }

        if (_leaving)
        {
            throw Refusals.GoesOn(0);
        }
    }

    /// <summary>
    /// Takes a message that came as an update, and waits until its turn is over. The update's id is the message's: asked with it again, in this history or in the
    /// next one, it is the same message.
    /// </summary>
    public async Task<SessionTurn> TakeMessageAsync(string text)
    {
        var position = 0L;
        bool Over() => position > 0 && State.Cursor >= position && !State.Open;
        try
        {
            var request = new PostRequest($"update:{Workflow.CurrentUpdateInfo!.Id}", text);
            position = (await StoreAsync(run => run.PostAsync(request))).Position;
            Expect(position);
            await Workflow.WaitConditionAsync(() => _ended || _leaving || Over());
        }
        catch (Exception e) when (TemporalException.IsCanceledException(e) && Workflow.CancellationToken.IsCancellationRequested)
        {
            // The answer is the task's: it ends.
        }

        return Over() ? new SessionTurn(position, State.Turns, State.Head) { Stopped = position > _answered }
            : _leaving && !_ended ? throw Refusals.GoesOn(position)
            : throw (position == 0 ? Refusals.TakesNoMore() : Refusals.Unanswered());
    }

    /// <summary>Lives a run to its end: whatever ends it, the task gets its status and those who wait for an answer get one.</summary>
    public async Task LiveAsync(Func<Task> work)
    {
        try
        {
            try
            {
                await work();
            }
            catch (ContinueAsNewException e) when (!Workflow.AllHandlersFinished)
            {
                await HandOverAsync();
                if (e == _next)
                {
                    // With what was signaled meanwhile.
                    throw ContinueAsNew();
                }

                throw;
            }
        }
        catch (Exception e) when (TemporalException.IsCanceledException(e) && Workflow.CancellationToken.IsCancellationRequested)
        {
            await CancelAsync();
            await EndAsync();
            throw;
        }
        catch (ContinueAsNewException)
        {
            throw;
        }
        catch (ApplicationFailureException)
        {
            await EndAsync();
            throw;
        }

        await EndAsync();
    }

    /// <param name="bodies">Whether what people said is wanted.</param>
    /// <param name="room">Most pieces to take, unless a stop is behind them; null for no bound.</param>
    /// <exception cref="ActivityFailureException">The definition cannot be used; the mail stays unread for a later run.</exception>
    public async Task<MailFacts> TakeMailAsync(bool bodies, int? room = null)
    {
        var request = new MailRequest(State.Cursor, State.Head, !Looked) { Bodies = bodies, Room = room };
        MailFacts facts;
        try
        {
            facts = await StoreAsync(run => run.MailAsync(request));
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            Looked = true;
            State = State with { Newest = State.Cursor };
            throw;
        }

        Looked = true;
        Cancel |= facts.Cancel;
        State = MailTaken.Apply(State, facts, Workflow.UtcNow);
        if (facts.Decided > 0 || facts.Open)
        {
            // Which of them were decided is in the ledger; a call that was not asks again.
            _calls.ForEach(calls => calls.AskAgain());
        }

        return facts;
    }

    /// <exception cref="ActivityFailureException">The model failed for good, or the call was canceled; what it said until then stays.</exception>
    public async Task<ModelFacts> CallModelAsync(ModelOverrides? overrides, bool bodies, CancellationToken token)
    {
        ModelFacts facts;
        var number = State.Calls;
        var request = new ModelRequest(number, State.Head, State.Definition) { Overrides = overrides, Bodies = bodies };
        try
        {
            facts = await Workflow.ExecuteActivityAsync((RunActivities run) => run.ModelAsync(request), _options.Model(State.Limits, token));
        }
        catch (ActivityFailureException)
        {
            // The partial text stays under this number.
            State = State with { Calls = number + 1 };
            throw;
        }

        Begin(number, facts.Tools ?? []);
        State = State with
        {
            Iterations = State.Iterations + 1,
            InputTokens = State.InputTokens + facts.InputTokens,
            OutputTokens = State.OutputTokens + facts.OutputTokens,
            CostMicros = State.CostMicros + facts.CostMicros,
        };
        return facts;
    }

    /// <summary>Takes up the calls of an earlier history: the model's answer is stored, and calls that were answered answer from the ledger.</summary>
    public async Task RecallAsync()
    {
        var request = new ModelRequest(State.Calls - 1, State.Asking!.Value, State.Definition);
        var facts = await Workflow.ExecuteActivityAsync((RunActivities run) => run.ModelAsync(request), _options.Model(State.Limits, Workflow.CancellationToken));
        var calls = new OpenCalls(request.Number, request.Head, facts.Tools ?? []);
        calls.Doubt();
        _calls.Add(calls);
        State = State with { Asking = null };
    }

    /// <summary>A call that the agent's own code makes, as if a model had asked for it.</summary>
    public async Task<OpenCalls> AskAsync(string tool, string arguments)
    {
        var request = new AskRequest(State.Calls, State.Head, State.Definition, tool, arguments);
        try
        {
            return Begin(await StoreAsync(run => run.AskAsync(request)));
        }
        catch (Exception e) when (TemporalException.IsCanceledException(e) && Workflow.CancellationToken.IsCancellationRequested)
        {
            // It may be written down, and is answered then.
            if (IsPatched("canceled-ask"))
            {
                Begin(await Workflow.ExecuteActivityAsync((RunActivities run) => run.AskAsync(request), _options.StoreAlways));
            }

            throw;
        }

        OpenCalls Begin(ModelFacts facts)
        {
            State = State with { Asked = State.Asked + 1 };
            return this.Begin(request.Number, facts.Tools ?? []);
        }
    }

    /// <summary>Makes all calls that are to be made, at once.</summary>
    /// <param name="failed">Told of what failed for good.</param>
    public Task CallToolsAsync(Action<ActivityFailureException> failed, CancellationToken token) => Workflow.WhenAllAsync(
        _calls.SelectMany(calls => calls.ToMake.Select(index => (calls, index))).ToArray().Select(async call =>
        {
            try
            {
                await CallToolAsync(call.calls, call.index, bodies: false, token);
            }
            catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
            {
                failed(e);
            }
        }));

    /// <exception cref="ActivityFailureException">It could not be told what became of the call, or it was canceled.</exception>
    public async Task<ToolFacts> CallToolAsync(OpenCalls calls, int index, bool bodies, CancellationToken token)
    {
        var request = new ToolRequest(calls.Number, index, calls.AnswerAt, State.Definition) { Bodies = bodies };
        try
        {
            var facts = await Workflow.ExecuteActivityAsync((RunActivities run) => run.ToolAsync(request), _options.Tool(calls.Times[index], State.Limits, token));
            calls.Answered(index, facts.Ask);
            return facts;
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            calls.Answered(index, inQuestion: false);
            throw;
        }
    }

    /// <summary>The calls of one model's answer, while they have no answer; null when all have.</summary>
    public OpenCalls? CallsOf(int number) => _calls.Find(calls => calls.Number == number);

    /// <summary>Answers the calls that were not made, so that the conversation stays one that models accept.</summary>
    public Task SkipToolsAsync(string reason) => SkipToolsAsync(reason, _options.Store);

    /// <summary>Says something in the agent's name that no model said.</summary>
    public async Task NoticeAsync(NoticeRequest request)
    {
        await StoreAsync(run => run.NoticeAsync(request));
        State = State with { Head = State.Head + 1 };
    }

    public void EndTurn() => (_answered, State) = (State.Cursor, State with { Open = false, Iterations = 0, Turns = State.Turns + 1 });

    /// <summary>Gives the task its status; true when newer mail keeps the run going.</summary>
    public async Task<bool> SettleAsync(AgentTaskStatus status, string reason, long? handled)
    {
        var request = new SettleRequest(EnumNames.Of(status), reason, handled);
        var facts = await StoreAsync(run => run.SettleAsync(request));
        Expect(facts.Newest);
        return facts.Newest > 0;
    }

    /// <summary>Stops until somebody writes again.</summary>
    public async Task PauseAsync()
    {
        await SettleAsync(AgentTaskStatus.Interrupted, "Task interrupted", null);
        State = State with { Interrupt = false, Open = false, Iterations = 0 };
    }

    public async Task CancelAsync()
    {
        Doing = "canceling";
        await SkipToolsAsync("the task was canceled", _options.StoreAlways);
        var request = new SettleRequest(EnumNames.Of(AgentTaskStatus.Canceled), "Task canceled by user", null);
        await Workflow.ExecuteActivityAsync((RunActivities run) => run.SettleAsync(request), _options.StoreAlways);
    }

    /// <summary>The exception that goes on in a new history. Those who wait for an answer are told to ask there.</summary>
    public ContinueAsNewException ContinueAsNew()
    {
        State = State with { Asking = _calls.Find(calls => calls.InQuestion.Count > 0)?.AnswerAt };
        return _next = Workflow.CreateContinueAsNewException(Workflow.Info.WorkflowType, [State]);
    }

    /// <summary>A step that touches only the database.</summary>
    public Task<T> StoreAsync<T>(Expression<Func<RunActivities, Task<T>>> step) => Workflow.ExecuteActivityAsync(step, _options.Store);

    /// <inheritdoc cref="StoreAsync{T}"/>
    public Task StoreAsync(Expression<Func<RunActivities, Task>> step) => Workflow.ExecuteActivityAsync(step, _options.Store);

    /// <summary>What people are told of a step's failure.</summary>
    public static string Reason(Exception failure) => failure is ActivityFailureException { InnerException: { } inner } ? inner.Message : failure.Message;

    /// <summary>Runs of former builds did not go on while somebody waited for an answer.</summary>
    private bool HandsOver => IsPatched("hand-over");

    /// <summary>
    /// Whether a run does what those of former builds did not. A patch answers the same for a whole history; one that began with a former build, and might never get
    /// another, is asked again with every stretch of it.
    /// </summary>
    public static bool IsPatched(string change) => Workflow.Patched(FormattableString.Invariant($"{change}-{Workflow.CurrentHistoryLength / 1_000}"));

    /// <summary>Those who wait are told to ask again, because what an update began in this history cannot end in the next one.</summary>
    private async Task HandOverAsync()
    {
        if (HandsOver)
        {
            _leaving = true;
            await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished);
        }
    }

    private bool IsLong(int events) => Looked &&
        (Workflow.ContinueAsNewSuggested || (Workflow.CurrentHistoryLength >= events && Workflow.UtcNow - Workflow.Info.StartTime >= s_spacing)) &&
        (Workflow.AllHandlersFinished || HandsOver);

    /// <summary>The answers to all calls have their places behind the message that made them, in its order, whichever comes first.</summary>
    private OpenCalls Begin(int number, IReadOnlyList<double> times)
    {
        var calls = new OpenCalls(number, State.Head, times);
        _calls.RemoveAll(known => known.Count == 0);
        _calls.Add(calls);
        State = State with { Calls = number + 1, Head = State.Head + 1 + times.Count };
        return calls;
    }

    private async Task SkipToolsAsync(string reason, ActivityOptions options)
    {
        foreach (var calls in _calls.Where(calls => calls.Count > 0).ToArray())
        {
            var request = new SkipRequest(calls.Number, calls.AnswerAt, reason);
            await Workflow.ExecuteActivityAsync((RunActivities run) => run.SkipAsync(request), options);
            calls.Clear();
        }
    }

    /// <summary>Those who wait for an answer get one before the run is over.</summary>
    private Task EndAsync()
    {
        _ended = true;
        return Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
    }
}
