using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Contracts;
using Agents.Durable.Data;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>
/// Drives policy and steps as the workflow does, without an engine: each step may be made several times, as after a crash between its commit and its
/// acknowledgement, and every time must change nothing.
/// </summary>
internal sealed class LoopDriver(AgentWorld world, string task, int times = 1)
{
    public RunState State { get; private set; } = new();

    /// <summary>Attempts that ended at a fail point.</summary>
    public int Crashes { get; private set; }

    public List<ModelFacts> Models { get; } = [];

    public List<ToolFacts> Tools { get; } = [];

    /// <summary>Takes the mail, then answers until the model has nothing more to do.</summary>
    public async Task TurnAsync(bool resume = false)
    {
        await MailAsync(resume);
        while (State.Open)
        {
            await ModelAsync();
        }
    }

    public async Task<MailFacts> MailAsync(bool resume = false)
    {
        var facts = await Repeat(context => world.Get<MailStep>().RunAsync(new MailRequest(State.Cursor, State.Head, resume), context, CancellationToken.None));
        State = State with
        {
            Cursor = facts.Cursor,
            Head = facts.Head,
            Open = State.Open || facts.Open,
            Definition = facts.Definition,
            Calls = facts.Earlier?.Calls ?? State.Calls,
        };
        return facts;
    }

    public async Task<ModelFacts> ModelAsync()
    {
        var request = new ModelRequest(State.Calls, State.Head, State.Definition);
        var facts = await Repeat(context => world.Get<ModelStep>().RunAsync(request, context, CancellationToken.None));
        Models.Add(facts);
        var count = facts.Tools?.Count ?? 0;
        Tools.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(index => ToolAsync(new ToolRequest(request.Number, index, request.Head, request.Definition)))));
        State = State with { Calls = State.Calls + 1, Head = State.Head + 1 + count, Open = count > 0 };
        return facts;
    }

    public Task<ToolFacts> ToolAsync(ToolRequest request) => Repeat(context => world.Get<ToolStep>().RunAsync(request, context, CancellationToken.None));

    public Task<SettleFacts> SettleAsync(AgentTaskStatus status, string reason, long? handled = null) =>
        Repeat(context => world.Get<SettleStep>().RunAsync(new SettleRequest(EnumNames.Of(status), reason, handled), context, CancellationToken.None));

    public Task SkipAsync(int number, int position, string reason) => Repeat(async context =>
    {
        await world.Get<SkipStep>().RunAsync(new SkipRequest(number, position, reason), context, CancellationToken.None);
        return true;
    });

    public async Task NoticeAsync(string text)
    {
        await Repeat(async context =>
        {
            await world.Get<NoticeStep>().RunAsync(new NoticeRequest(State.Head, text), context, CancellationToken.None);
            return true;
        });
        State = State with { Head = State.Head + 1 };
    }

    /// <summary>Makes a tool call as a code agent does.</summary>
    public async Task AskAsync(string tool, string arguments)
    {
        var request = new AskRequest(State.Calls, State.Head, State.Definition, tool, arguments);
        await Repeat(context => world.Get<AskStep>().RunAsync(request, context, CancellationToken.None));
        Tools.Add(await ToolAsync(new ToolRequest(request.Number, 0, request.Head, request.Definition)));
        State = State with { Calls = State.Calls + 1, Head = State.Head + 2 };
    }

    /// <summary>Says a message piece by piece; the last one closes it.</summary>
    public async Task SayAsync(string id, params string[] pieces)
    {
        var (said, attempt) = (0, 1);
        for (var n = 0; n < pieces.Length; n++)
        {
            var request = new SayRequest(id, said, pieces[n], attempt, n == pieces.Length - 1 ? State.Head : null);
            // Each try answers the attempt that it was.
            attempt = (await LiveAsync(context => world.Get<SayStep>().RunAsync(request, context, CancellationToken.None), 1)).Attempt;
            said += pieces[n].Length;
        }

        State = State with { Head = State.Head + 1 };
    }

    public Task<PostFacts> PostAsync(string key, string text) => Repeat(context => world.Get<PostStep>().RunAsync(new PostRequest(key, text), context, CancellationToken.None));

    /// <summary>Makes a model call whose tools are then skipped.</summary>
    public async Task SkippedAnswerAsync(string reason)
    {
        var request = new ModelRequest(State.Calls, State.Head, State.Definition);
        var facts = await Repeat(context => world.Get<ModelStep>().RunAsync(request, context, CancellationToken.None));
        await SkipAsync(request.Number, request.Head, reason);
        State = State with { Calls = State.Calls + 1, Head = State.Head + 1 + facts.Tools!.Count };
    }

    private async Task<T> Repeat<T>(Func<CallContext, Task<T>> step)
    {
        var attempt = 1;
        var first = await LiveAsync(step, attempt);
        while (++attempt <= times)
        {
            var again = await step(new CallContext { TaskId = task, Attempt = attempt });
            Assert.Equal(System.Text.Json.JsonSerializer.Serialize(first), System.Text.Json.JsonSerializer.Serialize(again));
        }

        return first;
    }

    /// <summary>Tries as the engine does after a crash.</summary>
    private async Task<T> LiveAsync<T>(Func<CallContext, Task<T>> step, int attempt)
    {
        while (true)
        {
            try
            {
                return await step(new CallContext { TaskId = task, Attempt = attempt++ });
            }
            catch (CrashException)
            {
                Crashes++;
            }
        }
    }
}
