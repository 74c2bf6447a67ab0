using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>An update handler with its optional validator, of a workflow's methods or set at run time.</summary>
public class WorkflowUpdateDefinition
{
    private static readonly ConcurrentDictionary<MethodInfo, string?> s_names = new();

    private readonly MethodCall _call;
    private readonly MethodCall? _validator;
    private readonly bool _ownTarget;
    private readonly TaskResult _result;

    private WorkflowUpdateDefinition(string? name, string? description, MethodCall call, MethodCall? validator, bool ownTarget, Type returnType, HandlerUnfinishedPolicy policy)
    {
        Name = name;
        Description = description;
        UnfinishedPolicy = policy;
        _call = call;
        _validator = validator;
        _ownTarget = ownTarget;
        _result = TaskResult.Of(returnType);
    }

    /// <summary>The name, or <see langword="null"/> if the handler is dynamic.</summary>
    public string? Name { get; }

    /// <summary>A short description for user interfaces.</summary>
    public string? Description { get; }

    /// <summary>True if the handler takes every update without a handler of its own.</summary>
    public bool Dynamic => Name is null;

    internal HandlerUnfinishedPolicy UnfinishedPolicy { get; }

    internal IReadOnlyList<ParameterInfo> Parameters => _call.Parameters;

    internal bool HasValidator => _validator is not null;

    /// <summary>The definition of a method with <see cref="WorkflowUpdateAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The methods cannot be update handler and validator.</exception>
    public static WorkflowUpdateDefinition FromMethod(MethodInfo method, MethodInfo? validatorMethod = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        var name = NameOf(method, out var attribute);
        if (validatorMethod is not null)
        {
            HandlerRules.CheckMethod("Update validator", validatorMethod);
            CheckValidator(method, validatorMethod);
        }

        return new(
            name, attribute.Description, MethodCall.Of(method), validatorMethod is null ? null : MethodCall.Of(validatorMethod), false, method.ReturnType, attribute.UnfinishedPolicy);
    }

    /// <summary>A handler set at run time.</summary>
    /// <param name="name">The name, or <see langword="null"/> for a dynamic handler.</param>
    /// <param name="del">The handler; it returns a task.</param>
    /// <param name="validatorDel">The validator, with the handler's parameters and no result.</param>
    /// <param name="unfinishedPolicy">What happens when the workflow ends first.</param>
    /// <param name="description">A short description for user interfaces.</param>
    /// <exception cref="ArgumentException">The delegates cannot be update handler and validator.</exception>
    public static WorkflowUpdateDefinition CreateWithoutAttribute(
        string? name,
        Delegate del,
        Delegate? validatorDel = null,
        HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon,
        string? description = null)
    {
        ArgumentNullException.ThrowIfNull(del);
        CheckReturn(del.Method);
        if (validatorDel is not null)
        {
            CheckValidator(del.Method, validatorDel.Method);
        }

        var call = MethodCall.Of(del);
        HandlerRules.CheckName("Update", del.Method, name, name is null, name ?? string.Empty, call.Parameters);
        return new(name, description, call, validatorDel is null ? null : MethodCall.Of(validatorDel), true, del.Method.ReturnType, unfinishedPolicy);
    }

    /// <summary>The name by which a call of the method is sent.</summary>
    /// <exception cref="ArgumentException">The method is no update handler, or a dynamic one.</exception>
    internal static string NameForCall(MethodInfo method) =>
        s_names.GetOrAdd(method, static m => NameOf(m, out _)) ?? throw new ArgumentException($"{method} cannot be used directly since it is a dynamic update");

    internal Task InvokeAsync(object instance, object?[] arguments) =>
        (Task)(_ownTarget ? _call.Invoke(arguments) : _call.Invoke(instance, arguments))!;

    internal object? ReadResult(Task task) => _result.Read(task);

    internal void Validate(object instance, object?[] arguments)
    {
        if (_validator is not null)
        {
            _ = _ownTarget ? _validator.Invoke(arguments) : _validator.Invoke(instance, arguments);
        }
    }

    private static string? NameOf(MethodInfo method, out WorkflowUpdateAttribute attribute)
    {
        attribute = method.GetCustomAttribute<WorkflowUpdateAttribute>(false) ?? throw new ArgumentException($"{method} missing WorkflowUpdate attribute");
        HandlerRules.CheckMethod("Update", method);
        CheckReturn(method);
        return HandlerRules.CheckName("Update", method, attribute.Name, attribute.Dynamic, HandlerNames.OfMethod(method), method.GetParameters());
    }

    private static void CheckReturn(MethodInfo method)
    {
        if (!typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            throw new ArgumentException($"Update method {method} must return Task");
        }
    }

    private static void CheckValidator(MethodInfo update, MethodInfo validator)
    {
        if (validator.ReturnType != typeof(void))
        {
            throw new ArgumentException($"Update validator method {validator} must be void");
        }

        if (!validator.GetParameters().Select(p => p.ParameterType).SequenceEqual(update.GetParameters().Select(p => p.ParameterType)))
        {
            throw new ArgumentException($"Update validator method {validator} must have the same parameters as {update}");
        }
    }
}
