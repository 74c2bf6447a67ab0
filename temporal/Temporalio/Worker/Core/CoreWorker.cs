using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Rpc;
using Temporalio.Worker.Core.Activities;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Runs;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core;

/// <summary>The worker's core over a server: polls, keeps runs and activities, reports. Polling begins with the first poll of it.</summary>
internal sealed partial class CoreWorker : ICoreWorker, IEagerStarter
{
    private static readonly CacheLimits s_limits = new(Runs: 0);
    private static readonly TimeSpan s_goodbyePatience = TimeSpan.FromSeconds(5);

    private readonly CoreWorkerOptions _options;
    private readonly CoreHost _host;
    private readonly ILogger _logger;
    private readonly RpcCaller _rpc;
    private readonly WorkerIdentity _identity;
    private readonly ServerHandshake _handshake;
    private readonly ActivityFeed _activityFeed = new();
    private readonly ActivityTasks? _activities;
    private readonly ActivityPolling? _activityPolling;
    private readonly LocalActivityManager? _localActivities;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutOff = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    // Unbounded, but never longer than the cache: a run has one activation out at most. Its reader only passes them on to threads, so it may
    // do so on the writer's.
    private readonly Channel<WorkflowActivation> _activations = Channel.CreateUnbounded<WorkflowActivation>(
        new() { SingleReader = false, SingleWriter = false, AllowSynchronousContinuations = true });

    private CoreCapabilities _capabilities = new();
    private TaskIntake? _intake;
    private TaskReporter? _reporter;
    private WorkflowPolling? _workflowPolling;
    private RunActor? _runs;
    private ITimer? _lateCutOff;
    private Task? _work;

    public CoreWorker(CoreWorkerOptions options, CoreHost host)
    {
        CoreOptionRules.Check(options);
        _options = options;
        _host = host;
        _logger = host.LoggerFactory.CreateLogger("Temporalio.Worker.Core");
        _rpc = new(host);
        _identity = new(options, host);
        _handshake = new(_rpc, options, _identity, _logger);
        var loop = new PollLoop(_rpc, host, _logger);
        if (options.PollActivities)
        {
            _activities = new(options, host, _rpc, _identity, _activityFeed, _logger);
            _activityPolling = new(options, host, loop, _identity, _activities);
        }

        if (options.PollWorkflows)
        {
            _localActivities = new(options, host, _activityFeed, (runId, resolved) => _runs?.Post(new RunInput.Resolved(runId, resolved)));
        }
    }

    public async Task ValidateAsync(CancellationToken cancellationToken)
    {
        _capabilities = await _handshake.GreetAsync(cancellationToken);
        _identity.SendsBuildIds = _capabilities.BuildIds;
    }

    public async Task<WorkflowActivation?> PollWorkflowActivationAsync()
    {
        Start();
        while (await _activations.Reader.WaitToReadAsync())
        {
            if (_activations.Reader.TryRead(out var activation))
            {
                return activation;
            }
        }

        return null;
    }

    public Task CompleteWorkflowActivationAsync(WorkflowActivationCompletion completion)
    {
        if (completion.StatusCase is WorkflowActivationCompletion.StatusOneofCase.None)
        {
            throw new ArgumentException("Workflow completion had empty status field", nameof(completion));
        }

        var ticket = new ActivationTicket(isAutomatic: false);
        Start();
        _runs!.Post(new RunInput.Completed(completion, ticket));
        return ticket.Reported;
    }

    public Task<ActivityTask?> PollActivityTaskAsync()
    {
        Start();
        return _activityFeed.NextAsync();
    }

    public Task CompleteActivityTaskAsync(ActivityTaskCompletion completion)
    {
        if (LocalActivityManager.IsLocal(completion.TaskToken))
        {
            _localActivities?.Complete(completion);
            return Task.CompletedTask;
        }

        return _activities?.CompleteAsync(completion) ?? Task.CompletedTask;
    }

    public void RecordActivityHeartbeat(ActivityHeartbeat heartbeat) => _activities?.Heartbeat(heartbeat);

    public void RequestWorkflowEviction(string runId) =>
        _runs?.Post(new RunInput.Evict(runId, new("Eviction explicitly requested by lang", Reason.LangRequested)));

    /// <summary>Goes on over another client; calls in progress stay with the old one.</summary>
    public void ReplaceClient(CoreClient client) => _rpc.Replace(client);

    string IEagerStarter.Namespace => _options.Namespace;

    string IEagerStarter.TaskQueue => _options.TaskQueue;

    TaskSlot? IEagerStarter.TryReserve() => _stopping.IsCancellationRequested ? null : _workflowPolling!.Slots.TryAcquire();

    void IEagerStarter.Take(PollWorkflowTaskQueueResponse task, TaskSlot permit) => _workflowPolling!.Take(task, isSticky: false, permit);

    public void InitiateShutdown()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        Start();
        _host.Client.EagerStarts?.Remove(this);
        _stopping.Cancel();
    }

    public async Task FinalizeShutdownAsync()
    {
        InitiateShutdown();
        await _work!;
    }

    public async ValueTask DisposeAsync()
    {
        await FinalizeShutdownAsync();
        _stopping.Dispose();
        _cutOff.Dispose();
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_work is not null)
            {
                return;
            }

            _intake = new(_rpc, _identity, _host.TimeProvider);
            _reporter = new(
                _rpc, _identity, _intake, new EagerActivities(_activities, _options), _options.StickyQueueScheduleToStartTimeout, _logger);
            var stream = new RunStream(
                RunContexts.Of(_options, _host, _capabilities),
                s_limits with { Runs = _options.MaxCachedWorkflows },
                (ILocalActivities?)_localActivities ?? NoLocalActivities.Instance,
                runId => _runs!.Post(new RunInput.HeartbeatDue(runId)));
            _runs = new(stream, CarryOut, LogBroken);
            _workflowPolling = new WorkflowPolling(
                _options,
                new PollLoop(_rpc, _host, _logger),
                _identity,
                _intake!,
                task => _runs!.Post(new RunInput.NewTask(task)),
                RefuseAsync,
                _host.TimeProvider,
                _logger);
            if (_options.PollWorkflows)
            {
                _host.Client.EagerStarts?.Add(this);
            }

            _work = WorkAsync();
        }
    }

    private async Task WorkAsync()
    {
        // Off the caller's lock before anything can come back.
        await Task.Yield();
        var workflows = RunWorkflowsAsync();
        var activities = RunActivitiesAsync();
        var goodbye = SayGoodbyeAsync();
        await Task.WhenAll(workflows, activities, goodbye);
        _lateCutOff?.Dispose();
    }

    private async Task RunWorkflowsAsync()
    {
        if (!_options.PollWorkflows)
        {
            _activations.Writer.TryComplete();
            _drained.TrySetResult();
            return;
        }

        Exception? error = null;
        try
        {
            await _workflowPolling!.RunAsync(_stopping.Token, _cutOff.Token);
        }
        catch (Exception fault)
        {
            // Whatever it is: a worker that polls no more must say so and end, not stand still.
            error = new InvalidOperationException($"Polling for workflow tasks failed for good: {fault.Message}", fault);
            LogPollingFailed(fault, "workflow");
            InitiateShutdown();
        }

        _runs!.Post(new RunInput.PollingEnded());
        await _drained.Task;
        _activations.Writer.TryComplete(error);
    }

    private async Task RunActivitiesAsync()
    {
        Exception? error = null;
        if (_activities is not null)
        {
            try
            {
                await _activityPolling!.RunAsync(_stopping.Token, _cutOff.Token);
            }
            catch (Exception fault)
            {
                error = new InvalidOperationException($"Polling for activity tasks failed for good: {fault.Message}", fault);
                LogPollingFailed(fault, "activity");
                InitiateShutdown();
            }

            var shutDown = _activities.ShutDownAsync();
            await _drained.Task;
            // From here on nothing is added, so the grace period ends as soon as nothing is left.
            var drained = _activities.DrainAsync();
            await shutDown;
            await drained;
        }

        await _drained.Task;
        _activityFeed.Complete(error);
    }

    private void CarryOut(RunOutput output)
    {
        switch (output)
        {
            case RunOutput.Activate activate:
                _activations.Writer.TryWrite(activate.Activation);
                break;
            case RunOutput.Report report:
                _ = ReportAsync(report);
                break;
            case RunOutput.ReadPage page:
                _ = ReadPageAsync(page);
                break;
            case RunOutput.ReadHistory history:
                _ = ReadHistoryAsync(history.Task);
                break;
            case RunOutput.FailTask fail:
                _ = FailUnstoredAsync(fail.Task, fail.Message);
                break;
            case RunOutput.WatchIdle:
                _ = WatchIdleAsync();
                break;
            case RunOutput.Evicted:
                break;
            case RunOutput.Drained:
                _drained.TrySetResult();
                break;
        }
    }

    private async Task WatchIdleAsync()
    {
        try
        {
            await Task.Delay(s_limits.Idle / 4, _host.TimeProvider, _stopping.Token);
            _runs!.Post(new RunInput.IdleDue());
        }
        catch (OperationCanceledException)
        {
            // A worker that stops lets its runs go anyway.
        }
    }

    private async Task ReportAsync(RunOutput.Report report)
    {
        TaskReport result;
        try
        {
            result = await _reporter!.ReportAsync(report.Run, report.Ticket.Outcome!);
        }
        catch (Exception e)
        {
            // Nothing else may be thrown, but a run that hears of no end would be stuck for good.
            LogReportFailed(e, report.Run.WorkflowId, report.Run.RunId);
            result = TaskReport.Reported(eviction: new("Reporting failed", Reason.Fatal));
        }

        _runs!.Post(new RunInput.Reported(report.Run.RunId, report.Ticket, result));
    }

    private async Task ReadPageAsync(RunOutput.ReadPage page)
    {
        RunInput result;
        try
        {
            result = new RunInput.PageRead(page.RunId, await _intake!.ReadUpdateAsync(page.Pager));
        }
        catch (Exception fault)
        {
            // Nothing but RPC faults should come, but the runs count the reads that they wait for.
            result = new RunInput.PageFailed(page.RunId, $"Fetching history failed: {fault.Message}");
        }

        _runs!.Post(result);
    }

    private async Task ReadHistoryAsync(WorkflowTask task)
    {
        RunInput result;
        try
        {
            result = new RunInput.HistoryRead(await _intake!.ReadFromStartAsync(task));
        }
        catch (Exception fault)
        {
            result = new RunInput.HistoryFailed(task, $"Fetching history failed: {fault.Message}");
        }

        _runs!.Post(result);
    }

    private async Task FailUnstoredAsync(WorkflowTask task, string message)
    {
        LogHistoryMissing(task.WorkflowId, task.RunId, message);
        if (task.LegacyQuery is null)
        {
            await _reporter!.TryFailAsync(task.Token, message);
        }

        task.Permit?.Release();
    }

    private Task RefuseAsync(PollWorkflowTaskQueueResponse response, Exception fault) =>
        response.Query is null ? _reporter!.TryFailAsync(response.TaskToken, fault.Message) : Task.CompletedTask;

    private async Task SayGoodbyeAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _stopping.Token.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), stopped);
        await stopped.Task;
        if (!_capabilities.EndsPollsOnShutdown)
        {
            CutOff();
        }

        if (!await _handshake.TrySayGoodbyeAsync())
        {
            // The polls that the server was to end must be ended from here then.
            CutOff();
            return;
        }

        // One that met the goodbye on its way would be left.
        _lateCutOff = _host.TimeProvider.CreateTimer(static c => ((CoreWorker)c!).CutOff(), this, s_goodbyePatience, Timeout.InfiniteTimeSpan);
    }

    // At once and here: CancelAsync would go to the thread pool, where no simulation can follow.
    private void CutOff() => _cutOff.Cancel();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The worker's core failed. A workflow may be stuck until the worker restarts.")]
    private partial void LogBroken(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Polling for {Kind} tasks failed for good; the worker shuts down.")]
    private partial void LogPollingFailed(Exception fault, string kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reporting a workflow task of {WorkflowId}, run {RunId}, failed unexpectedly.")]
    private partial void LogReportFailed(Exception error, string workflowId, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The history of {WorkflowId}, run {RunId}, could not be read: {Reason}")]
    private partial void LogHistoryMissing(string workflowId, string runId, string reason);
}
