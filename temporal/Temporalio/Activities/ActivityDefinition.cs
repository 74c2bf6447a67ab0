using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Converters;
using Temporalio.Worker.Invocation;

namespace Temporalio.Activities;

/// <summary>An activity that a worker can run: a name, its types and how to call it.</summary>
public class ActivityDefinition
{
    private static readonly ConcurrentDictionary<MethodInfo, string> s_namesForCalls = new();

    private readonly Func<object?[], object?> _invoker;
    private readonly TaskResult _result;

    private ActivityDefinition(
        string? name, Type returnType, IReadOnlyCollection<Type> parameterTypes, int requiredParameterCount, Func<object?[], object?> invoker, MethodInfo? methodInfo)
    {
        Name = name;
        ReturnType = returnType;
        ParameterTypes = parameterTypes;
        ParameterTypeList = parameterTypes as IReadOnlyList<Type> ?? [.. parameterTypes];
        RequiredParameterCount = requiredParameterCount;
        MethodInfo = methodInfo;
        _invoker = invoker;
        _result = TaskResult.Of(returnType);
    }

    /// <summary>The name, or <see langword="null"/> if the activity is dynamic.</summary>
    public string? Name { get; }

    /// <summary>The declared return type, a task included.</summary>
    public Type ReturnType { get; }

    /// <summary>Types of the parameters.</summary>
    public IReadOnlyCollection<Type> ParameterTypes { get; }

    /// <summary>How many arguments a call must have; the other parameters are optional.</summary>
    public int RequiredParameterCount { get; }

    /// <summary>True if the activity takes every call that no other one is registered for.</summary>
    public bool Dynamic => Name is null;

    /// <summary>The method, if the definition came from one.</summary>
    public MethodInfo? MethodInfo { get; }

    internal IReadOnlyList<Type> ParameterTypeList { get; }

    /// <summary>A definition from a delegate of a method with <see cref="ActivityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The method cannot be an activity.</exception>
    public static ActivityDefinition Create(Delegate del)
    {
        ArgumentNullException.ThrowIfNull(del);
        var call = MethodCall.Of(del);
        return Create(del.Method, call.Invoke);
    }

    /// <summary>A definition with its own way to be called.</summary>
    /// <param name="name">The name, or <see langword="null"/> for a dynamic activity.</param>
    /// <param name="returnType">The declared return type.</param>
    /// <param name="parameterTypes">Types of the parameters.</param>
    /// <param name="requiredParameterCount">How many of them a call must have.</param>
    /// <param name="invoker">Calls the activity; may return a task.</param>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public static ActivityDefinition Create(
        string? name, Type returnType, IReadOnlyCollection<Type> parameterTypes, int requiredParameterCount, Func<object?[], object?> invoker)
    {
        ArgumentNullException.ThrowIfNull(returnType);
        ArgumentNullException.ThrowIfNull(parameterTypes);
        return Create(name, returnType, parameterTypes, requiredParameterCount, invoker, null);
    }

    /// <summary>A definition from a method with <see cref="ActivityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The method cannot be an activity.</exception>
    public static ActivityDefinition Create(MethodInfo method, Func<object?[], object?> invoker)
    {
        ArgumentNullException.ThrowIfNull(method);
        var attribute = method.GetCustomAttribute<ActivityAttribute>(false) ?? throw new ArgumentException($"{method} missing Activity attribute");
        if (attribute.Dynamic && attribute.Name is not null)
        {
            throw new ArgumentException($"{method} cannot be dynamic and have a name");
        }

        return FromMethod(attribute.Dynamic ? null : attribute.Name ?? HandlerNames.OfMethod(method), method, invoker);
    }

    /// <summary>A definition from a method that has no <see cref="ActivityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The method cannot be an activity.</exception>
    public static ActivityDefinition CreateWithoutAttribute(string? name, MethodInfo method, Func<object?[], object?> invoker)
    {
        ArgumentNullException.ThrowIfNull(method);
        return FromMethod(name, method, invoker);
    }

    /// <summary>Definitions of every method with <see cref="ActivityAttribute"/> of a type.</summary>
    /// <exception cref="ArgumentException">There is none, or an instance method has no instance.</exception>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll<T>(T? instance) => CreateAll(typeof(T), instance);

    /// <inheritdoc cref="CreateAll{T}(T)"/>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll(Type type, object? instance)
    {
        ArgumentNullException.ThrowIfNull(type);
        var definitions = new List<ActivityDefinition>();
        foreach (var method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (!method.IsDefined(typeof(ActivityAttribute), false))
            {
                continue;
            }

            if (!method.IsStatic && instance is null)
            {
                throw new InvalidOperationException($"Instance not provided, but activity method {method} is non-static");
            }

            var call = MethodCall.Of(method);
            var target = method.IsStatic ? null : instance;
            definitions.Add(Create(method, arguments => call.Invoke(target, arguments)));
        }

        return definitions.Count > 0 ? definitions : throw new ArgumentException($"No activities found on {type}", nameof(type));
    }

    /// <summary>Calls the activity and awaits it if it returns a task.</summary>
    /// <returns>The result; <see langword="null"/> if the activity has none.</returns>
    public async Task<object?> InvokeAsync(object?[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var result = _invoker(parameters);
        if (result is not Task task)
        {
            return result is ValueTuple ? null : result;
        }

        await task.ConfigureAwait(false);
        return _result.ReadAny(task);
    }

    /// <summary>The name by which a call of the method is scheduled.</summary>
    /// <exception cref="ArgumentException">The method is no activity, or a dynamic one.</exception>
    internal static string NameForCall(MethodInfo method) => s_namesForCalls.GetOrAdd(method, static m =>
    {
        var attribute = m.GetCustomAttribute<ActivityAttribute>(false) ?? throw new ArgumentException($"{m} missing Activity attribute");
        return attribute.Dynamic
            ? throw new ArgumentException($"{m} cannot be used directly since it is a dynamic activity")
            : attribute.Name ?? HandlerNames.OfMethod(m);
    });

    private static ActivityDefinition FromMethod(string? name, MethodInfo method, Func<object?[], object?> invoker)
    {
        if (method.ContainsGenericParameters)
        {
            throw new ArgumentException($"{method} with generic parameters cannot be an activity");
        }

        var parameters = method.GetParameters();
        if (parameters.Any(p => p.ParameterType.IsByRef))
        {
            throw new ArgumentException($"{method} has disallowed ref/out parameter");
        }

        // A delegate closed over its first argument hides that parameter.
        if (method.IsStatic && parameters.Length > 0 && parameters[0].ParameterType.FullName == "System.Runtime.CompilerServices.Closure")
        {
            parameters = parameters[1..];
        }

        return Create(name, method.ReturnType, [.. parameters.Select(p => p.ParameterType)], parameters.Count(p => !p.HasDefaultValue), invoker, method);
    }

    private static ActivityDefinition Create(
        string? name, Type returnType, IReadOnlyCollection<Type> parameterTypes, int requiredParameterCount, Func<object?[], object?> invoker, MethodInfo? method)
    {
        ArgumentNullException.ThrowIfNull(invoker);
        if (requiredParameterCount > parameterTypes.Count)
        {
            throw new ArgumentException($"Activity {name} has more required parameters than parameters", nameof(requiredParameterCount));
        }

        if (parameterTypes.Any(t => t.IsByRef))
        {
            throw new ArgumentException($"Activity {name} has disallowed ref/out parameter", nameof(parameterTypes));
        }

        if (name is null && (requiredParameterCount != 1 || parameterTypes.Count != 1 || parameterTypes.Single() != typeof(IRawValue[])))
        {
            throw new ArgumentException($"Dynamic activity {method} must accept a required array of IRawValue");
        }

        if (name is not null && HandlerNames.IsReserved(name))
        {
            throw new ArgumentException($"Activity name {name} is reserved", nameof(name));
        }

        return new(name, returnType, parameterTypes, requiredParameterCount, invoker, method);
    }
}
