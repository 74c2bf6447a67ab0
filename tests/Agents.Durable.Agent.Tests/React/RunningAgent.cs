using Agents.Durable.Agent.Code;
using Agents.Durable.Agent.React;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Tests.Histories;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>A worker on a queue of its own, and tasks that it runs, as the gateway would start and wake them.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly ITemporalClient _client;
    private readonly string _queue = $"agents-{Guid.NewGuid():N}";
    private readonly Type? _code;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _tasks = [];
    private readonly Lazy<Task> _worker;

    public RunningAgent(DatabaseFixture database, EngineFixture engine, Action<IServiceCollection>? more = null, params (string Key, string Value)[] settings)
        : this(database, engine, null, more, settings)
    {
    }

    /// <param name="code">The workflow of a code agent; null for a declarative one.</param>
    public RunningAgent(DatabaseFixture database, EngineFixture engine, Type? code, Action<IServiceCollection>? more, params (string Key, string Value)[] settings)
    {
        _code = code;
        World = new AgentWorld(database, more, settings);
        _client = engine.Client;
        _worker = new Lazy<Task>(RunAsync);
    }

    public AgentWorld World { get; }

    /// <summary>Runs that the worker keeps in memory; with 0, each of their tasks is done by one that has to read the history. Default: the SDK's.</summary>
    public int? Cache { get; init; }

    /// <summary>Told of every fail point that an attempt passes.</summary>
    public Action<string>? Passing { get; set; }

    public async Task<string> StartAsync(string definition, string? text = "go")
    {
        var task = await World.TaskAsync(definition);
        if (text is not null)
        {
            await SayAsync(task, text);
        }

        return task;
    }

    /// <summary>Sends mail as the gateway does: stored, then the run is woken, or started.</summary>
    public async Task SayAsync(string task, string? text, string kind = "event") => await WakeAsync(task, await World.MailAsync(task, text, kind));

    /// <summary>Several at once; the run is woken, or started, when the last one is stored.</summary>
    public async Task SayAllAsync(string task, IEnumerable<string> texts)
    {
        var position = 0L;
        foreach (var text in texts)
        {
            position = await World.MailAsync(task, text);
        }

        await WakeAsync(task, position);
    }

    public async Task WakeAsync(string task, long position)
    {
        _tasks.Add(task);
        _ = _worker.Value;
        await _client.StartWorkflowAsync(
            _code is null ? AgentWorkflows.React : _queue, [], new WorkflowOptions(task, _queue) { StartSignal = AgentWorkflows.Wake, StartSignalArgs = [position] });
    }

    public WorkflowHandle Handle(string task) => _client.GetWorkflowHandle(task);

    public WorkflowHandle Handle(string task, string run) => _client.GetWorkflowHandle(task, run);

    /// <summary>Waits until this is the task's last message.</summary>
    public Task LastAsync(string task, string line) => UntilAsync(line, async () => await World.MessagesAsync(task) is [.., var last] && last == line);

    public async Task<string> StatusAsync(string task, Func<string, bool> satisfied)
    {
        await UntilAsync(task, async () => satisfied(await World.StatusAsync(task)));
        return await World.StatusAsync(task);
    }

    /// <summary>Waits for a state of the run.</summary>
    public async Task<SessionState> StateAsync(string task, Func<SessionState, bool> satisfied)
    {
        SessionState? last = null;
        await UntilAsync(task, async () => satisfied(last = await Handle(task).QueryAsync<SessionState>(AgentSessions.State, [])));
        return last!;
    }

    public Task<SessionPending> PendingAsync(string task) => Handle(task).QueryAsync<SessionPending>(AgentSessions.Pending, []);

    /// <summary>Waits until the run knows of this much mail that it has not read.</summary>
    public Task PendingUntilAsync(string task, long mail) => UntilAsync($"{mail} pieces of mail", async () => (await PendingAsync(task)).Mail == mail);

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string task) => [.. (await Handle(task).FetchHistoryAsync()).Events];

    /// <summary>Waits until the engine lets the next run of the task begin without a pause.</summary>
    public async Task OldEnoughAsync(string task)
    {
        var begun = (await HistoryAsync(task)).First(item => item.EventType == Temporalio.Api.Enums.V1.EventType.WorkflowTaskStarted).EventTime.ToDateTimeOffset();
        await UntilAsync("the run to be old enough", () => Task.FromResult(TimeProvider.System.GetUtcNow() - begun > TimeSpan.FromSeconds(1.3)));
    }

    /// <summary>Nothing had to be tried twice: no task of the engine's got lost on its way.</summary>
    public static void AssertUndisturbed(IEnumerable<HistoryEvent> events) => Assert.Empty(events
        .Where(item => item.ActivityTaskStartedEventAttributes is { Attempt: > 1 } || item.WorkflowTaskTimedOutEventAttributes is not null || item.WorkflowTaskFailedEventAttributes is not null)
        .Select(item => item.ToString()));

    /// <summary>Polls: what is waited for is in the database or in the run, and neither tells a test of its own accord.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > DatabaseFixture.Patience)
            {
                Assert.Fail($"Waited in vain: {what}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker.Value.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await World.DisposeAsync();
        await RunHistories.CheckAsync(_client, _tasks, _code ?? typeof(ReactAgent));
    }

    private async Task RunAsync()
    {
        var activities = World.Get<RunActivities>();
        var options = _code is null
            ? new TemporalWorkerOptions(_queue) { DisableWorkflowTracingEventListener = true }.AddWorkflow<ReactAgent>().AddAllActivities(activities)
            : CodeAgentWorker.Options(new CodeAgentEntry(_queue, _code, new CodeAgentDefinition()), new AgentRuntimeOptions(), World.Get<ILoggerFactory>(), activities);
        options.MaxCachedWorkflows = Cache ?? options.MaxCachedWorkflows;
        options.Interceptors = [.. options.Interceptors ?? [], new Passages(this)];
        using var worker = new TemporalWorker(_client, options);
        await worker.ExecuteAsync(_stop.Token);
    }

    private sealed class Passages(RunningAgent agent) : IWorkerInterceptor
    {
        public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new Inbound(agent, nextInterceptor);

        private sealed class Inbound(RunningAgent agent, ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
        {
            public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
            {
                FailPoints.Ambient = agent.Passing;
                return await base.ExecuteActivityAsync(input);
            }
        }
    }
}
