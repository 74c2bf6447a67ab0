using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>A signal handler, of a workflow's method or set at run time.</summary>
public class WorkflowSignalDefinition
{
    private static readonly ConcurrentDictionary<MethodInfo, WorkflowSignalDefinition> s_definitions = new();

    private readonly MethodCall _call;
    private readonly bool _ownTarget;

    private WorkflowSignalDefinition(string? name, string? description, MethodCall call, bool ownTarget, HandlerUnfinishedPolicy unfinishedPolicy)
    {
        Name = name;
        Description = description;
        UnfinishedPolicy = unfinishedPolicy;
        _call = call;
        _ownTarget = ownTarget;
    }

    /// <summary>The name, or <see langword="null"/> if the handler is dynamic.</summary>
    public string? Name { get; }

    /// <summary>A short description for user interfaces.</summary>
    public string? Description { get; }

    /// <summary>True if the handler takes every signal without a handler of its own.</summary>
    public bool Dynamic => Name is null;

    internal HandlerUnfinishedPolicy UnfinishedPolicy { get; }

    internal IReadOnlyList<ParameterInfo> Parameters => _call.Parameters;

    /// <summary>The definition of a method with <see cref="WorkflowSignalAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The method cannot be a signal handler.</exception>
    public static WorkflowSignalDefinition FromMethod(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return s_definitions.GetOrAdd(method, Create);
    }

    /// <summary>A handler set at run time.</summary>
    /// <param name="name">The name, or <see langword="null"/> for a dynamic handler.</param>
    /// <param name="del">The handler; it returns a task.</param>
    /// <param name="unfinishedPolicy">What happens when the workflow ends first.</param>
    /// <param name="description">A short description for user interfaces.</param>
    /// <exception cref="ArgumentException">The delegate cannot be a signal handler.</exception>
    public static WorkflowSignalDefinition CreateWithoutAttribute(
        string? name, Delegate del, HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(del);
        if (del.Method.ReturnType != typeof(Task))
        {
            throw new ArgumentException($"Signal delegate {del.Method} must return Task");
        }

        var call = MethodCall.Of(del);
        HandlerRules.CheckName("Signal", del.Method, name, name is null, name ?? string.Empty, call.Parameters);
        return new(name, description, call, true, unfinishedPolicy);
    }

    /// <summary>The name by which a call of the method is sent.</summary>
    /// <exception cref="ArgumentException">The method is no signal handler, or a dynamic one.</exception>
    internal static string NameForCall(MethodInfo method) =>
        FromMethod(method).Name ?? throw new ArgumentException($"{method} cannot be used directly since it is a dynamic signal");

    internal Task InvokeAsync(object instance, object?[] arguments) =>
        (Task)(_ownTarget ? _call.Invoke(arguments) : _call.Invoke(instance, arguments))!;

    private static WorkflowSignalDefinition Create(MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<WorkflowSignalAttribute>(false) ?? throw new ArgumentException($"{method} missing WorkflowSignal attribute");
        HandlerRules.CheckMethod("Signal", method);
        if (method.ReturnType != typeof(Task))
        {
            throw new ArgumentException($"Signal method {method} must return Task");
        }

        var call = MethodCall.Of(method);
        var name = HandlerRules.CheckName("Signal", method, attribute.Name, attribute.Dynamic, HandlerNames.OfMethod(method), call.Parameters);
        return new(name, attribute.Description, call, false, attribute.UnfinishedPolicy);
    }
}
