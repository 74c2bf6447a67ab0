using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Frontend;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;
using Temporalio.Server.Timers;
using Temporalio.Server.Visibility;

namespace Temporalio.Server;

/// <summary>The parts of one server and what they share.</summary>
internal sealed partial class Engine : IDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private volatile RpcFault? _stopped;
    private long _epoch;

    public Engine(TemporalServerOptions options, IExecutionStore store, TimeProvider time, IIdSource ids, IEngineScheduler scheduler, ILogger logger)
    {
        Options = options;
        Store = store;
        Time = time;
        Ids = ids;
        Scheduler = scheduler;
        Logger = new ForgivingLogger(logger);
        // The platform's timers count in milliseconds; less would be a loop.
        HoldTime = TimeSpan.FromMilliseconds(1);
        HoldTicks = HoldTime.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond;
        Namespaces = new NamespaceRegistry(options.Namespaces);
        SearchAttributes = new SearchAttributeRegistry();
        Actors = new ActorDirectory(this);
        Visibility = new VisibilityIndex(store);
        Settings = new ServerSettings(this);
        Workers = new WorkerRegistry(time);
        Committer = new Committer(this, Logger);
        Matching = new MatchingService(this);
        Timers = new TimerQueue(time, scheduler);
        _epoch = time.GetUtcNow().UtcTicks;
    }

    public TemporalServerOptions Options { get; }

    public IExecutionStore Store { get; }

    public TimeProvider Time { get; }

    public IIdSource Ids { get; }

    public IEngineScheduler Scheduler { get; }

    public ILogger Logger { get; }

    public NamespaceRegistry Namespaces { get; }

    public SearchAttributeRegistry SearchAttributes { get; }

    public ServerSettings Settings { get; }

    public VisibilityIndex Visibility { get; }

    /// <summary>Batch jobs that this process is doing, by run id.</summary>
    public ConcurrentDictionary<string, WorkflowKey> JobsAtWork { get; } = new();

    /// <summary>Activities that workers have, of runs that are not in memory.</summary>
    public PickUps PickUps { get; } = new();

    public WorkerRegistry Workers { get; }

    public ActorDirectory Actors { get; }

    public Committer Committer { get; }

    public MatchingService Matching { get; }

    public TimerQueue Timers { get; }

    /// <summary>How long a namespace keeps closed runs.</summary>
    public TimeSpan RetentionOf(NamespaceEntry entry) => entry.Retention ?? Options.Retention;

    /// <summary>How long an actor's commit waits for the answer of a worker in this process, at most.</summary>
    public TimeSpan HoldTime { get; }

    public long HoldTicks { get; }

    /// <summary>Grows whenever uncommitted state was lost: a task handed out before is then void, and its worker must forget the run.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Set once the server takes no more calls.</summary>
    public RpcFault? Stopped => _stopped;

    /// <summary>The group's commit failed: forget what it would have made true.</summary>
    public void Lose(IReadOnlyList<WorkflowActor> group, RpcFault fault)
    {
        Interlocked.Increment(ref _epoch);
        foreach (var actor in group)
        {
            actor.Drop(fault);
        }
    }

    /// <summary>A step threw what no step throws: what was not written of that workflow id is forgotten.</summary>
    public RpcFault Broken(WorkflowKey workflow, Exception exception)
    {
        Interlocked.Increment(ref _epoch);
        LogStepFailed(Logger, exception, workflow.WorkflowId);
        return new RpcFault(RpcStatusCode.Internal, "The step failed; nothing of it was kept.", exception);
    }

    /// <summary>Lets work go on that nobody waits for; its failure is logged, and whoever began it sees to it that it is taken up again.</summary>
    public async void InBackground(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            NoteFailure(e);
        }
    }

    /// <summary>Logs what failed beside the work that it came of.</summary>
    public void NoteFailure(Exception failure) => LogBackgroundFailed(Logger, failure);

    /// <summary>The same for work that nobody else takes up again: it is done anew until it succeeds or the server stops. Doing it twice must do no harm.</summary>
    public async void InBackgroundUntilDone(Func<Task> work)
    {
        for (var pause = s_firstPause; Stopped is null; pause = pause < s_longestPause ? pause * 2 : pause)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception) when (Stopped is not null)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogBackgroundFailed(Logger, e);
            }

            await Task.Delay(pause, Time);
        }
    }

    /// <summary>Another process writes now; this one is out.</summary>
    public RpcFault Fence() => Stop("Another server has taken over.");

    public RpcFault Stop(string reason)
    {
        var fault = _stopped ?? new RpcFault(RpcStatusCode.Unavailable, reason);
        _stopped = fault;
        Matching.Stop();
        Timers.Stop();
        return fault;
    }

    public void Dispose()
    {
        Timers.Dispose();
        Committer.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A step of workflow {WorkflowId} failed; it is loaded again.")]
    private static partial void LogStepFailed(ILogger logger, Exception exception, string workflowId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work in the background failed; it will be taken up again.")]
    private static partial void LogBackgroundFailed(ILogger logger, Exception exception);
}
