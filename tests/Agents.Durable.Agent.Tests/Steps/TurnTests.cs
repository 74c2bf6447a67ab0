using System.ComponentModel;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>Whole turns of the scripted model over a real database.</summary>
public sealed class TurnTests(DatabaseFixture database)
{
    private const string TwoTools =
        """
        [{"deltas":["Let me ", "look."],"tool_calls":[
            {"name":"write_file","arguments":{"path":"notes/a.txt","content":"one"}},
            {"name":"count","arguments":{"by":2}}]},
         {"tool_calls":[{"name":"edit_file","arguments":{"path":"notes/a.txt","find":"one","replace":"two"}}]},
         {"text":"Done."}]
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Turn_TextAndTools_StoresEverythingOnce(int times)
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted(TwoTools, """["workspace","count"]"""));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task, times);
        await driver.TurnAsync(resume: true);
        Assert.Equal(
        [
            "user: go", "agent: Let me look.",
            """request m0-0: write_file {"path": "notes/a.txt", "content": "one"}""",
            """request m0-1: count {"by": 2}""",
            """request m1-0: edit_file {"find": "one", "path": "notes/a.txt", "replace": "two"}""",
            "response m0-0: Wrote 3 bytes to notes/a.txt.", "response m0-1: 2", "response m1-0: Edited notes/a.txt.",
            "agent: Done.",
        ], Sorted(await world.MessagesAsync(task)));
        Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(world.WorkspaceOf(task), "notes/a.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(1, world.Get<Counter>().Calls);
        Assert.Equal(3, await world.CountAsync("select count(*) from effects where task_id = $1 and done_at is not null", task));
        var transcript = await world.Get<TranscriptStore>().ReadAsync(task, driver.State.Head, TestContext.Current.CancellationToken);
        Assert.Equal(
            [TranscriptRole.User, TranscriptRole.Assistant, TranscriptRole.Tool, TranscriptRole.Tool, TranscriptRole.Assistant, TranscriptRole.Tool, TranscriptRole.Assistant],
            transcript.Select(entry => entry.Message.Role));
    }

    [Fact]
    public async Task Turn_Streamed_ViewersCanFollowEveryMessage()
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted(TwoTools, """["workspace","count"]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task).TurnAsync(resume: true);
        var updates = await world.StreamAsync(task);
        Assert.Equal(["full", "start"], updates.Take(2).Select(update => update.Update.GetProperty("type").GetString()));
        var text = string.Concat(updates.Where(update => update.CallId == "m0" && update.Update.GetProperty("type").GetString() == "delta")
            .Select(update => update.Update.GetProperty("delta").GetProperty("text_delta").GetString()));
        Assert.Equal("Let me look.", text);
        var done = updates.Single(update => update.CallId == "m0" && update.Update.GetProperty("type").GetString() == "done").Update.GetProperty("parent_task_message");
        Assert.Equal("Let me look.", done.GetProperty("content").GetProperty("content").GetString());
        Assert.Equal("DONE", done.GetProperty("streaming_status").GetString());
        Assert.Equal(task, done.GetProperty("task_id").GetString());
        Assert.Equal(
            ["m0 tool_request", "m0 tool_request", "m0-0 tool_response", "m0-1 tool_response", "m1 tool_request", "m1-0 tool_response"],
            updates.Where(update => update.Update.GetProperty("type").GetString() == "full" && update.CallId != "e1")
                .Select(update => $"{update.CallId} {update.Update.GetProperty("content").GetProperty("type").GetString()}").Order(StringComparer.Ordinal));
        Assert.All(updates, update => Assert.Equal(1, update.Attempt));
    }

    [Theory]
    [InlineData("""{"name":"nothing","arguments":{}}""", "error: There is no tool 'nothing'; there are count.")]
    [InlineData("""{"name":"count","arguments":{"by":"two"}}""", "error: The arguments of count do not fit: 'by' must be integer, not string.")]
    [InlineData("""{"name":"count","arguments":"{\"by\": 2"}""", "error: The arguments of count are not valid JSON")]
    [InlineData("""{"name":"count","arguments":{"by":-1}}""", "error: count failed: no counting down")]
    [InlineData("""{"name":"count","arguments":{"by":0}}""", "error: nothing to count")]
    public async Task Turn_ToolCannotWork_TellsTheModelAndGoesOn(string call, string message)
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted($$"""[{"tool_calls":[{{call}}]},{"text":"I see."}]""", """["count"]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task, times: 2).TurnAsync(resume: true);
        var messages = await world.MessagesAsync(task);
        Assert.Contains(messages, line => line.StartsWith("response m0-0 " + message, StringComparison.Ordinal));
        Assert.Equal("agent: I see.", messages[^1]);
    }

    [Fact]
    public async Task Turn_ToolHangs_EndsWithItsTimeAndTheModelIsTold()
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"hang"}]},{"text":"ok"}]""", """[{"name":"hang","timeout_seconds":0.05}]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task).TurnAsync(resume: true);
        Assert.Contains("response m0-0 error: hang did not finish within 0.05 s. Whether it had an effect is not known.", await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Turn_TransactionalTool_HappensWithItsLedgerRow()
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"note","arguments":{"text":"x"}},{"name":"note","arguments":{"text":"bad"}}]},{"text":"ok"}]""", """["note"]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task, times: 3).TurnAsync(resume: true);
        Assert.Equal(1, await world.CountAsync("select count(*) from settings where name like 'note-' || $1 || '%'", task));
        Assert.Contains("response m0-1 error: not this one", await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Turn_NulCharacters_AreStored()
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted("""[{"text":"a"},{"text":"b"}]"""));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        await world.Get<RunStore>().InTransactionAsync(
            connection => VisibleMessages.PutAsync(connection, task, [Answers.Text(task, "x", "text", "a\0b \\u0000", Contracts.Messages.StreamingStatus.Done)], DateTimeOffset.UnixEpoch, CancellationToken.None),
            CancellationToken.None);
        Assert.Contains("agent: a\uFFFDb \\u0000", await world.MessagesAsync(task));
    }

    private AgentWorld World() => new(database, services => services.AddSingleton<Counter>().AddAgentTools<Counter>());

    /// <summary>Tools that run at the same time answer in any order.</summary>
    private static List<string> Sorted(IReadOnlyList<string> messages) =>
        [.. messages.Take(2), .. messages.Where(line => line.StartsWith("request", StringComparison.Ordinal)), .. messages.Where(line => line.StartsWith("response", StringComparison.Ordinal)).Order(StringComparer.Ordinal), messages[^1]];

    internal sealed class Counter
    {
        private int _calls;

        public int Calls => _calls;

        [AgentTool("count", Effect = Effect.Idempotent)]
        [Description("Counts.")]
        public int Count([Description("By how much.")] int by)
        {
            Interlocked.Increment(ref _calls);
            return by switch
            {
                < 0 => throw new InvalidOperationException("no counting down"),
                0 => throw new ToolException("nothing to count"),
                _ => by,
            };
        }

        [AgentTool("hang")]
        public static Task<string> HangAsync(CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ContinueWith(_ => "", cancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);

        [AgentTool("note", Effect = Effect.Transactional)]
        public static async Task<string> NoteAsync(ToolCall call, Npgsql.NpgsqlConnection connection, string text)
        {
            await using var command = new Npgsql.NpgsqlCommand("insert into settings (name, value) values ($1, $2)", connection)
            {
                Parameters = { new() { Value = $"note-{call.TaskId}-{call.CallId}" }, new() { Value = text } },
            };
            await command.ExecuteNonQueryAsync();
            return text == "bad" ? throw new ToolException("not this one") : "noted";
        }
    }
}
