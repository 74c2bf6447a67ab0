using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>A query handler, of a workflow's method or property or set at run time.</summary>
public class WorkflowQueryDefinition
{
    private static readonly ConcurrentDictionary<MethodInfo, WorkflowQueryDefinition> s_methods = new();
    private static readonly ConcurrentDictionary<PropertyInfo, WorkflowQueryDefinition> s_properties = new();

    private readonly MethodCall _call;
    private readonly bool _ownTarget;

    private WorkflowQueryDefinition(string? name, string? description, MethodCall call, bool ownTarget)
    {
        Name = name;
        Description = description;
        _call = call;
        _ownTarget = ownTarget;
    }

    /// <summary>The name, or <see langword="null"/> if the handler is dynamic.</summary>
    public string? Name { get; }

    /// <summary>A short description for user interfaces.</summary>
    public string? Description { get; }

    /// <summary>True if the handler takes every query without a handler of its own.</summary>
    public bool Dynamic => Name is null;

    internal IReadOnlyList<ParameterInfo> Parameters => _call.Parameters;

    /// <summary>The definition of a method with <see cref="WorkflowQueryAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The method cannot be a query handler.</exception>
    public static WorkflowQueryDefinition FromMethod(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return s_methods.GetOrAdd(method, Create);
    }

    /// <summary>The definition of a property with <see cref="WorkflowQueryAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The property cannot be a query handler.</exception>
    public static WorkflowQueryDefinition FromProperty(PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return s_properties.GetOrAdd(property, Create);
    }

    /// <summary>A handler set at run time.</summary>
    /// <param name="name">The name, or <see langword="null"/> for a dynamic handler.</param>
    /// <param name="del">The handler; it returns a value, not a task.</param>
    /// <param name="description">A short description for user interfaces.</param>
    /// <exception cref="ArgumentException">The delegate cannot be a query handler.</exception>
    public static WorkflowQueryDefinition CreateWithoutAttribute(string? name, Delegate del, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(del);
        CheckReturn(del.Method);
        var call = MethodCall.Of(del);
        HandlerRules.CheckName("Query", del.Method, name, name is null, name ?? string.Empty, call.Parameters);
        return new(name, description, call, true);
    }

    /// <summary>The name by which a call of the method is sent.</summary>
    /// <exception cref="ArgumentException">The method is no query handler, or a dynamic one.</exception>
    internal static string NameForCall(MethodInfo method) =>
        FromMethod(method).Name ?? throw new ArgumentException($"{method} cannot be used directly since it is a dynamic query");

    /// <summary>The name by which a read of the property is sent.</summary>
    /// <exception cref="ArgumentException">The property is no query handler.</exception>
    internal static string NameForCall(PropertyInfo property) => FromProperty(property).Name!;

    internal object? Invoke(object instance, object?[] arguments) =>
        _ownTarget ? _call.Invoke(arguments) : _call.Invoke(instance, arguments);

    private static WorkflowQueryDefinition Create(MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<WorkflowQueryAttribute>(false) ?? throw new ArgumentException($"{method} missing WorkflowQuery attribute");
        HandlerRules.CheckMethod("Query", method);
        CheckReturn(method);
        var call = MethodCall.Of(method);
        var name = HandlerRules.CheckName("Query", method, attribute.Name, attribute.Dynamic, method.Name, call.Parameters);
        return new(name, attribute.Description, call, false);
    }

    private static WorkflowQueryDefinition Create(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<WorkflowQueryAttribute>(false) ?? throw new ArgumentException($"{property} missing WorkflowQuery attribute");
        if (property.GetGetMethod() is not { IsStatic: false } getter)
        {
            throw new ArgumentException($"WorkflowQuery property {property} must have public, non-static getter");
        }

        if (attribute.Dynamic)
        {
            throw new ArgumentException($"WorkflowQuery property {property} cannot be dynamic");
        }

        CheckReturn(getter);
        var call = MethodCall.Of(getter);
        return new(HandlerRules.CheckName("Query", property, attribute.Name, false, property.Name, call.Parameters), attribute.Description, call, false);
    }

    private static void CheckReturn(MethodInfo method)
    {
        if (method.ReturnType == typeof(void))
        {
            throw new ArgumentException($"Query method {method} must return a value");
        }

        if (typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            throw new ArgumentException($"Query method {method} cannot return a Task");
        }
    }
}
