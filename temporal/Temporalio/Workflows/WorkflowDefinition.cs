using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>A workflow type: its name, run method, handlers and how to make an instance.</summary>
public class WorkflowDefinition
{
    private static readonly ConcurrentDictionary<Type, WorkflowDefinition> s_definitions = new();
    private static readonly ConcurrentDictionary<MethodInfo, string> s_namesForCalls = new();

    private readonly Func<object?[], object>? _creator;

    internal WorkflowDefinition(
        string? name, Type type, MethodInfo runMethod, Func<object?[], object>? creator, WorkflowAttribute attribute, WorkflowHandlers handlers,
        Func<object, WorkflowDefinitionOptions>? dynamicOptionsGetter)
    {
        Name = name;
        Type = type;
        RunMethod = runMethod;
        RunCall = MethodCall.Of(runMethod);
        RunResult = TaskResult.Of(runMethod.ReturnType);
        _creator = creator;
        Signals = handlers.Signals;
        DynamicSignal = handlers.DynamicSignal;
        Queries = handlers.Queries;
        DynamicQuery = handlers.DynamicQuery;
        Updates = handlers.Updates;
        DynamicUpdate = handlers.DynamicUpdate;
        FailureExceptionTypes = attribute.FailureExceptionTypes;
        VersioningBehavior = attribute.VersioningBehavior == Common.VersioningBehavior.Unspecified ? null : attribute.VersioningBehavior;
        DynamicOptionsGetter = dynamicOptionsGetter;
    }

    /// <summary>The name, or <see langword="null"/> if the workflow is dynamic.</summary>
    public string? Name { get; }

    /// <summary>The class or interface.</summary>
    public Type Type { get; }

    /// <summary>The method that runs the workflow.</summary>
    public MethodInfo RunMethod { get; }

    /// <summary>True if instances can be made; false for interfaces and abstract classes.</summary>
    public bool Instantiable => _creator is not null;

    /// <summary>Signal handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowSignalDefinition> Signals { get; }

    /// <summary>The handler of all other signals.</summary>
    public WorkflowSignalDefinition? DynamicSignal { get; }

    /// <summary>Query handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowQueryDefinition> Queries { get; }

    /// <summary>The handler of all other queries.</summary>
    public WorkflowQueryDefinition? DynamicQuery { get; }

    /// <summary>Update handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowUpdateDefinition> Updates { get; }

    /// <summary>The handler of all other updates.</summary>
    public WorkflowUpdateDefinition? DynamicUpdate { get; }

    /// <summary>True if the workflow runs every type that no other one is registered for.</summary>
    public bool Dynamic => Name is null;

    /// <inheritdoc cref="WorkflowAttribute.FailureExceptionTypes"/>
    public Type[]? FailureExceptionTypes { get; }

    /// <inheritdoc cref="WorkflowAttribute.VersioningBehavior"/>
    public VersioningBehavior? VersioningBehavior { get; }

    /// <summary>Reads a dynamic workflow's options from its instance.</summary>
    public Func<object, WorkflowDefinitionOptions>? DynamicOptionsGetter { get; }

    internal MethodCall RunCall { get; }

    internal TaskResult RunResult { get; }

    /// <summary>The definition of a type with <see cref="WorkflowAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The type breaks a rule; the message names every one.</exception>
    public static WorkflowDefinition Create<T>() => Create(typeof(T));

    /// <inheritdoc cref="Create{T}"/>
    public static WorkflowDefinition Create(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return s_definitions.GetOrAdd(type, static t => Create(t, null, null));
    }

    /// <summary>The definition of a type under another name or with its own way to be made.</summary>
    /// <exception cref="ArgumentException">The type breaks a rule; the message names every one.</exception>
    public static WorkflowDefinition Create(Type type, string? nameOverride, Func<object?[], object>? creatorOverride)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new WorkflowDefinitionReader(type).Read(nameOverride, creatorOverride);
    }

    /// <summary>Makes an instance.</summary>
    /// <param name="workflowArguments">Arguments of the run method, for a constructor with <see cref="WorkflowInitAttribute"/>.</param>
    /// <exception cref="InvalidOperationException">The definition is not <see cref="Instantiable"/>.</exception>
    public object CreateWorkflowInstance(object?[] workflowArguments) =>
        _creator is null ? throw new InvalidOperationException($"Cannot instantiate workflow type {Type}") : _creator(workflowArguments);

    /// <summary>The name by which a call of the run method is started.</summary>
    /// <exception cref="ArgumentException">The method is no run method, or a dynamic workflow's.</exception>
    internal static string NameForCall(MethodInfo runMethod) => s_namesForCalls.GetOrAdd(runMethod, static method =>
    {
        if (!method.IsDefined(typeof(WorkflowRunAttribute), false))
        {
            throw new ArgumentException($"{method} missing WorkflowRun attribute");
        }

        var type = method.ReflectedType ?? throw new ArgumentException($"{method} has no reflected type");
        var attribute = type.GetCustomAttribute<WorkflowAttribute>(false) ?? throw new ArgumentException($"{type} missing Workflow attribute");
        return attribute.Dynamic
            ? throw new ArgumentException($"{type} cannot be used directly since it is a dynamic workflow")
            : attribute.Name ?? HandlerNames.OfType(type);
    });

    internal static bool IsDynamicRun(MethodInfo runMethod) =>
        runMethod.GetParameters() is [{ ParameterType: var only }] && only == typeof(IRawValue[]);
}
