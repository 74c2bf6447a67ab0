using System.Runtime.CompilerServices;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>Steps that are told to stop at a bad moment: they end, and what they have brought by then stays.</summary>
public sealed class StoppedStepTests(DatabaseFixture database)
{
    private const string Called = """[{"text":"Let me look.","tool_calls":[{"name":"list_files"}]},{"text":"I see."}]""";

    [Theory]
    [InlineData(FailPoints.ModelBeforeCommit, true)]
    [InlineData(FailPoints.ModelBeforeCommit, false)]
    [InlineData(FailPoints.ModelAfterCommit, true)]
    [InlineData(FailPoints.ModelAfterStream, false)]
    public async Task Model_StoppedWhenTheAnswerIsComplete_ItIsStoredAndShown(string place, bool canceled)
    {
        await using var world = new AgentWorld(database, services => services.AddSingleton<TimeProvider>(new WithoutTimers()));
        var (task, driver) = await StartAsync(world, AgentWorld.Scripted(Called, """["workspace"]"""));
        var facts = await StoppedAtAsync(place, token => world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), Call(task, canceled), token));
        Assert.Single(facts.Tools!);
        Assert.Equal(["user: go", "agent: Let me look.", "request m0-0: list_files {}"], await world.MessagesAsync(task));
        Assert.Equal(1, await world.CountAsync("select count(*) from model_calls where task_id = $1 and shown_attempt >= attempt", task));
    }

    [Theory]
    [InlineData(FailPoints.ToolAfterEffect)]
    [InlineData(FailPoints.ToolAfterCommit)]
    public async Task Tool_StoppedWhenItHasAnswered_TheAnswerIsStoredAndShown(string place)
    {
        await using var world = new AgentWorld(database, services => services.AddSingleton<TimeProvider>(new WithoutTimers()));
        var (task, driver) = await StartAsync(world, AgentWorld.Scripted(Called, """[{"name":"list_files","effect":"unsafe"}]"""));
        await world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), Call(task, false), CancellationToken.None);
        var facts = await StoppedAtAsync(place, token => world.Get<ToolStep>().RunAsync(new ToolRequest(0, 0, 1, driver.State.Definition), Call(task, true), token));
        Assert.False(facts.Ask);
        Assert.StartsWith("response m0-0: ", (await world.MessagesAsync(task))[^1], StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from effects where task_id = $1 and shown", task));
    }

    [Fact]
    public async Task Model_ClientMakesAnErrorOfACancel_IsCanceledAndWhatItSaidIsClosed()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = World(token => Upset(begun, token));
        var (task, driver) = await StartAsync(world, """{"model":{"provider":"odd","name":"m"}}""");
        using var stopping = new CancellationTokenSource();
        var asking = world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), Call(task, true), stopping.Token);
        await begun.Task.WaitAsync(DatabaseFixture.Patience);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal(["user: go", "agent: Well, "], await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Model_ClientDoesNotHeedACancel_IsCanceledAllTheSame()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = World(_ => Deaf(begun));
        var (task, driver) = await StartAsync(world, """{"model":{"provider":"odd","name":"m"}}""");
        using var stopping = new CancellationTokenSource();
        var asking = world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), Call(task, true), stopping.Token);
        await begun.Task.WaitAsync(DatabaseFixture.Patience);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal(["user: go", "agent: Well, "], await world.MessagesAsync(task));
    }

    private static CallContext Call(string task, bool canceled) => new() { TaskId = task, Attempt = 1, CancelRequested = () => canceled };

    private static async Task<T> StoppedAtAsync<T>(string place, Func<CancellationToken, Task<T>> step)
    {
        using var stopping = new CancellationTokenSource();
        FailPoints.Ambient = name =>
        {
            if (name == place)
            {
                stopping.Cancel();
            }
        };
        var facts = await step(stopping.Token).WaitAsync(DatabaseFixture.Patience);
        Assert.True(stopping.IsCancellationRequested);
        return facts;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Upset(TaskCompletionSource begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Well, ");
        begun.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new InvalidOperationException("the connection was closed under my feet");
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Deaf(TaskCompletionSource begun)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Well, ");
        begun.SetResult();
        await new TaskCompletionSource().Task;
    }

    private AgentWorld World(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) =>
        new(database, services => services.AddSingleton<IModelProvider>(new Odd(answer)));

    private static async Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, string definition)
    {
        var task = await world.TaskAsync(definition);
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }

    /// <summary>However busy the machine is, no time for storing passes.</summary>
    private sealed class WithoutTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Still();

        private sealed class Still : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Odd(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IModelProvider, IChatClient
    {
        public string Name => "odd";

        public IChatClient Create(ModelDefinition model) => this;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => answer(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
