using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Converters;
using Temporalio.Worker;
using Temporalio.Worker.Instance;
using Temporalio.Worker.Interceptors;
using WorkflowDefinition = Temporalio.Workflows.WorkflowDefinition;

namespace Temporalio.Tests.Worker.Scripted;

/// <summary>One workflow run driven by hand: activations in, completions out, no server and no core.</summary>
internal sealed class ScriptedRun
{
    public static readonly DateTime Start = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly WorkflowInstance _instance;
    private readonly WorkflowActivation _first;
    private TimeSpan _elapsed;

    public ScriptedRun(System.Type workflow, params object?[] arguments)
        : this(workflow, null, arguments)
    {
    }

    public ScriptedRun(System.Type workflow, Setup? setup, params object?[] arguments)
    {
        setup ??= new();
        var definition = WorkflowDefinition.Create(workflow);
        var init = new InitializeWorkflow
        {
            WorkflowType = definition.Name ?? "any",
            WorkflowId = "wf",
            FirstExecutionRunId = "run",
            Attempt = 1,
            RandomnessSeed = 42,
            Arguments = { arguments.Select(Payload) },
            WorkflowTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            StartTime = Timestamp.FromDateTime(Start),
        };
        setup.Init?.Invoke(init);
        _first = NewActivation(setup.Replaying, setup.Flags, [new() { InitializeWorkflow = init }, .. setup.FirstJobs]);
        var environment = new InstanceEnvironment
        {
            Namespace = "ns",
            TaskQueue = "tq",
            DataConverter = DataConverter.Default,
            LoggerFactory = setup.LoggerFactory,
            Interceptors = setup.Interceptors,
            StackTrace = setup.StackTrace,
            FailureExceptionTypes = setup.FailureExceptionTypes,
        };
        _instance = new(environment, new(environment.DataConverter, "ns", "wf"), definition, init, _first);
    }

    /// <summary>The first activation. To be called once, before any other.</summary>
    public WorkflowActivationCompletion Begin() => _instance.Activate(_first);

    public IReadOnlyList<WorkflowCommand> BeginCommands() => Commands(Begin());

    public IReadOnlyList<WorkflowCommand> Send(params WorkflowActivationJob[] jobs) => Commands(Activate(false, jobs));

    public WorkflowActivationCompletion Activate(bool replaying, params WorkflowActivationJob[] jobs) =>
        _instance.Activate(NewActivation(replaying, [EventLoop.ModernFlag], jobs));

    public ScriptedRun Later(TimeSpan time)
    {
        _elapsed += time;
        return this;
    }

    public static IReadOnlyList<WorkflowCommand> Commands(WorkflowActivationCompletion completion)
    {
        Assert.True(completion.Failed is null, completion.Failed?.Failure_.ToString());
        return completion.Successful.Commands;
    }

    public static Payload Payload(object? value) => DataConverter.Default.PayloadConverter.ToPayload(value);

    public static T Value<T>(Payload payload) => DataConverter.Default.PayloadConverter.ToValue<T>(payload);

    /// <summary>The result of the only command, which completes the workflow.</summary>
    public static T Result<T>(IReadOnlyList<WorkflowCommand> commands) =>
        Value<T>((commands[^1].CompleteWorkflowExecution ?? throw new Xunit.Sdk.XunitException(commands[^1].ToString())).Result);

    private WorkflowActivation NewActivation(bool replaying, uint[] flags, IEnumerable<WorkflowActivationJob> jobs) => new()
    {
        RunId = "run",
        Timestamp = Timestamp.FromDateTime(Start + _elapsed),
        IsReplaying = replaying,
        AvailableInternalFlags = { flags },
        HistoryLength = 3,
        Jobs = { jobs },
    };

    internal sealed record Setup
    {
        public Action<InitializeWorkflow>? Init { get; init; }

        public bool Replaying { get; init; }

        public uint[] Flags { get; init; } = [EventLoop.ModernFlag];

        public IReadOnlyCollection<WorkflowActivationJob> FirstJobs { get; init; } = [];

        public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

        public IReadOnlyCollection<IWorkerInterceptor> Interceptors { get; init; } = [];

        public WorkflowStackTrace StackTrace { get; init; }

        public IReadOnlyCollection<System.Type> FailureExceptionTypes { get; init; } = [];
    }
}
