using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Sdk.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;
using ProtoVersioningBehavior = Temporalio.Api.Enums.V1.VersioningBehavior;
using WorkflowDefinition = Temporalio.Workflows.WorkflowDefinition;

namespace Temporalio.Worker.Instance;

/// <summary>
/// One workflow run in this worker: activation in, completion out. Not thread-safe; activations of a run come one at a time, each on any
/// thread. What happens to timers, activities and so on is in the classes of their names; this one holds them together.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing that must be released, and a run ends by being forgotten.")]
internal sealed class WorkflowInstance
{
    [ThreadStatic]
    private static WorkflowInstance? t_outsideScheduler;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly EventLoop _loop;
    private WorkflowActivation _activation;
    private WorkflowActivationCompletion? _completion;
    private Exception? _taskFailure;
    private bool _inReadOnly;
    private ulong _seed;
    private uint _lastActivitySeq;
    private VersioningBehavior? _dynamicVersioning;

    public WorkflowInstance(
        InstanceEnvironment environment, InstanceConverters converters, WorkflowDefinition definition, InitializeWorkflow init, WorkflowActivation activation)
    {
        Environment = environment;
        Definition = definition;
        FailureExceptionTypes = definition.FailureExceptionTypes;
        _activation = activation;
        _seed = init.RandomnessSeed;
        Converters = converters;
        Info = WorkflowInfoReader.Read(environment, init, activation, Converters.Workflow);
        Traces = new(environment.StackTrace);
        Scheduler = new(this);
        Attributes = new(this, init.Memo, init.SearchAttributes);
        Main = new(this, init.Arguments);
        _loop = new(this);
    }

    /// <summary>The update that the current flow handles.</summary>
    public static AsyncLocal<WorkflowUpdateInfo?> CurrentUpdate { get; } = new();

    /// <summary>The run whose code is calling, if any.</summary>
    public static WorkflowInstance? CurrentOrNull =>
        TaskScheduler.Current is WorkflowScheduler scheduler ? scheduler.Instance : t_outsideScheduler;

    /// <summary>The run whose code is calling.</summary>
    /// <exception cref="InvalidOperationException">The caller is no workflow code.</exception>
    public static WorkflowInstance Current => CurrentOrNull ?? throw new InvalidOperationException("Not in workflow");

    public InstanceEnvironment Environment { get; }

    public WorkflowDefinition Definition { get; }

    public WorkflowInfo Info { get; }

    public InstanceConverters Converters { get; }

    public IPayloadConverter PayloadConverter => Converters.Workflow.PayloadConverter;

    public WorkflowScheduler Scheduler { get; }

    public StackTraces Traces { get; }

    public MainRoutine Main { get; }

    public Attributes Attributes { get; }

    public Timers Timers => field ??= new(this);

    public RemoteActivities Activities => field ??= new(this);

    public LocalActivities LocalActivities => field ??= new(this);

    public Children Children => field ??= new(this);

    public ExternalSignals ExternalSignals => field ??= new(this);

    public ExternalCancels ExternalCancels => field ??= new(this);

    public Conditions Conditions => field ??= new(this);

    public Patches Patches => field ??= new(this);

    public InProgressHandlers Handlers => field ??= new();

    public SignalJobs SignalJobs => field ??= new(this);

    public UpdateJobs UpdateJobs => field ??= new(this);

    public QueryJobs QueryJobs => field ??= new(this);

    public HandlerSet<WorkflowSignalDefinition> Signals => SignalJobs.Handlers;

    public HandlerSet<WorkflowUpdateDefinition> Updates => UpdateJobs.Handlers;

    public HandlerSet<WorkflowQueryDefinition> Queries => QueryJobs.Handlers;

    /// <summary>The user's object. Made when first needed, since its constructor is workflow code.</summary>
    public object Instance
    {
        get
        {
            if (field is null)
            {
                field = Definition.CreateWorkflowInstance(Main.Arguments);
                ReadDynamicOptions(field);
            }

            return field;
        }
    }

    public WorkflowInboundInterceptor Inbound => field ??= BuildInterceptors();

    /// <summary>The outermost outbound interceptor; set while the inbound chain is made.</summary>
    public WorkflowOutboundInterceptor Outbound
    {
        get
        {
            _ = Inbound;
            return field!;
        }
        set;
    }

    public ILogger Logger => field ??= new ReplaySafeLogger(this, Environment.LoggerFactory.CreateLogger($"Temporalio.Workflow:{Info.WorkflowType}"));

    public MetricMeter MetricMeter => field ??= new ReplaySafeMetricMeter(this, Environment.MetricMeter.WithTags(
        [new("namespace", Info.Namespace), new("task_queue", Info.TaskQueue), new("workflow_type", Info.WorkflowType)]));

    public DeterministicRandom Random { get => field ??= new(_seed); private set; }

    public IReadOnlyCollection<Type>? FailureExceptionTypes { get; private set; }

    public CancellationToken CancellationToken => _cancellation.Token;

    public string CurrentDetails { get; set; } = string.Empty;

    public DateTime UtcNow => _activation.Timestamp?.ToDateTime() ?? Info.StartTime;

    public bool IsReplaying => _activation.IsReplaying;

    public bool IsReplayingHistoryEvents => _activation.IsReplaying && !_inReadOnly;

    /// <summary>True where log entries and metrics are to be kept: not while events of history are replayed.</summary>
    public bool IsLive => !IsReplayingHistoryEvents;

    public int HistoryLength => (int)_activation.HistoryLength;

    public int HistorySize => (int)_activation.HistorySizeBytes;

    public bool ContinueAsNewSuggested => _activation.ContinueAsNewSuggested;

    public IReadOnlyCollection<SuggestContinueAsNewReason> SuggestedContinueAsNewReasons =>
        [.. _activation.SuggestContinueAsNewReasons.Select(r => (SuggestContinueAsNewReason)r)];

    public bool TargetWorkerDeploymentVersionChanged => _activation.TargetWorkerDeploymentVersionChanged;

    public WorkerDeploymentVersion? CurrentDeploymentVersion =>
        _activation.DeploymentVersionForCurrentTask is { } version ? new(version.DeploymentName, version.BuildId) : null;

    /// <summary>True if the task cannot be completed, and nothing more need be done.</summary>
    public bool TaskFailed => _taskFailure is not null;

    /// <summary>Runs one activation to its end. Never throws: a failure is a completion too.</summary>
    public WorkflowActivationCompletion Activate(WorkflowActivation activation)
    {
        var completion = new WorkflowActivationCompletion { RunId = activation.RunId, Successful = new() };
        var previousContext = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        Scheduler.Enter();
        _completion = completion;
        _activation = activation;
        _taskFailure = null;
        try
        {
            Environment.TaskStarting?.Invoke(Info, Definition);
            if (Scheduler.TakeForeign())
            {
                throw new InvalidWorkflowOperationException(
                    "A task of the workflow was continued by something outside of the workflow, so replay could not repeat it");
            }

            ThrowIfIntruded();
            if (!activation.IsReplaying || activation.AvailableInternalFlags.Contains(EventLoop.ModernFlag))
            {
                completion.Successful.UsedInternalFlags.Add(EventLoop.ModernFlag);
                _loop.RunModern(activation);
            }
            else
            {
                _loop.RunLegacy(activation);
            }

            ThrowIfIntruded();
        }
        catch (Exception e)
        {
            FailTask(e);
        }
        finally
        {
            _completion = null;
            Scheduler.Exit();
            SynchronizationContext.SetSynchronizationContext(previousContext);
        }

        Finish(completion);
        Environment.TaskCompleted?.Invoke(Info, Definition, _taskFailure);
        return completion;
    }

    public uint NextActivitySeq() => ++_lastActivitySeq;

    /// <exception cref="InvalidOperationException">No activation is running: a foreign thread called.</exception>
    public void AddCommand(WorkflowCommand command)
    {
        var completion = _completion ?? throw new InvalidOperationException("Workflow commands can only be made by workflow code");
        completion.Successful.Commands.Add(command);
    }

    public UserMetadata? Metadata(string? summary, string? details) => summary is null && details is null ? null : new()
    {
        Summary = summary is null ? null : PayloadConverter.ToPayload(summary),
        Details = details is null ? null : PayloadConverter.ToPayload(details),
    };

    public Api.Failure.V1.Failure ToFailure(Exception e) => Converters.Workflow.FailureConverter.ToFailure(e, PayloadConverter);

    /// <summary>Starts a flow of its own on the workflow's scheduler.</summary>
    public void Queue(Func<Task> flow) => _ = Task.Factory.StartNew(flow, CancellationToken.None, TaskCreationOptions.None, Scheduler);

    /// <summary>Fails the task, for the first reason given.</summary>
    public void FailTask(Exception e) => _taskFailure ??= e;

    public void Reseed(ulong seed)
    {
        _seed = seed;
        Random = new(seed);
    }

    public bool Cancel()
    {
        _cancellation.Cancel();
        return true;
    }

    /// <summary>Runs workflow code that is no task: conditions, callbacks of a cancellation.</summary>
    public bool OutsideScheduler(Func<bool> code)
    {
        t_outsideScheduler = this;
        try
        {
            return code();
        }
        finally
        {
            t_outsideScheduler = null;
        }
    }

    /// <summary>A span in which commands are an error of the workflow's code.</summary>
    public ReadOnlySpan BeginReadOnly(string complaint) => new(this, complaint);

    // The callback did nothing, because the workflow may have been in the middle of something; so the run must not go on as if it had.
    private void ThrowIfIntruded()
    {
        if (Scheduler.TakeIntrusion())
        {
            throw new InvalidWorkflowOperationException(
                "A cancellation token in the workflow was cancelled by something outside of the workflow, such as the time-out of its source, so replay could not repeat it");
        }
    }

    private void Finish(WorkflowActivationCompletion completion)
    {
        if (_taskFailure is null)
        {
            completion.Successful.VersioningBehavior = (ProtoVersioningBehavior)(
                _dynamicVersioning ?? Definition.VersioningBehavior ?? Environment.DefaultVersioningBehavior);
            return;
        }

        Failure failed;
        try
        {
            failed = new() { Failure_ = ToFailure(_taskFailure) };
        }
        catch (Exception e)
        {
            failed = new() { Failure_ = PlainFailure.Of(e) };
        }

        completion.Failed = failed;
    }

    private WorkflowInboundInterceptor BuildInterceptors()
    {
        WorkflowInboundInterceptor inbound = new InboundRoot(this);
        foreach (var interceptor in Environment.Interceptors.Reverse())
        {
            inbound = interceptor.InterceptWorkflow(inbound);
        }

        inbound.Init(new OutboundRoot(this));
        return inbound;
    }

    private void ReadDynamicOptions(object instance)
    {
        if (Definition.DynamicOptionsGetter?.Invoke(instance) is not { } options)
        {
            return;
        }

        FailureExceptionTypes = options.FailureExceptionTypes ?? FailureExceptionTypes;
        _dynamicVersioning = options.VersioningBehavior == VersioningBehavior.Unspecified ? null : options.VersioningBehavior;
    }

    internal readonly struct ReadOnlySpan : IDisposable
    {
        private readonly WorkflowInstance _instance;
        private readonly string _complaint;
        private readonly int _commandsBefore;

        public ReadOnlySpan(WorkflowInstance instance, string complaint)
        {
            _instance = instance;
            _complaint = complaint;
            _commandsBefore = instance._completion!.Successful.Commands.Count;
            instance._inReadOnly = true;
        }

        public void Dispose()
        {
            if (_instance._inReadOnly && _instance._completion!.Successful.Commands.Count > _commandsBefore)
            {
                _instance.FailTask(new InvalidOperationException(_complaint));
            }

            _instance._inReadOnly = false;
        }
    }
}
