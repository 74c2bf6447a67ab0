using System.Reflection;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>Reads a workflow definition off a type, and gathers every broken rule before it complains.</summary>
internal sealed class WorkflowDefinitionReader(Type type)
{
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly List<string> _errors = [];
    private readonly WorkflowHandlers _handlers = new();
    private readonly Dictionary<string, MethodInfo> _validators = [];
    private MethodInfo? _runMethod;
    private MethodInfo? _dynamicOptions;

    public WorkflowDefinition Read(string? nameOverride, Func<object?[], object>? creatorOverride)
    {
        var attribute = type.GetCustomAttribute<WorkflowAttribute>(false) ?? throw new ArgumentException($"{type} missing Workflow attribute");
        if (type.ContainsGenericParameters)
        {
            throw new ArgumentException($"{type} has generic type arguments");
        }

        var name = attribute.Dynamic ? null : nameOverride ?? attribute.Name ?? HandlerNames.OfType(type);
        if (attribute.Dynamic && (attribute.Name ?? nameOverride) is not null)
        {
            _errors.Add("Workflow cannot be dynamic and have a name");
        }
        else if (name is not null && HandlerNames.IsReserved(name))
        {
            _errors.Add($"Workflow name {name} is reserved");
        }

        ReadMembers();
        CheckRun(attribute.Dynamic);
        if (_dynamicOptions is not null && !attribute.Dynamic)
        {
            _errors.Add("WorkflowDynamicOptions method is for dynamic workflows only");
        }

        var creator = creatorOverride ?? Creator();
        if (_errors.Count > 0)
        {
            throw new ArgumentException($"Invalid workflow type {type}: {string.Join(", ", _errors)}");
        }

        return new(name, type, _runMethod!, creator, attribute, _handlers, DynamicOptionsGetter());
    }

    private void ReadMembers()
    {
        var methods = Methods().ToList();
        foreach (var method in methods.Where(m => m.IsDefined(typeof(WorkflowUpdateValidatorAttribute), false)))
        {
            var update = method.GetCustomAttribute<WorkflowUpdateValidatorAttribute>(false)!.UpdateMethod;
            if (!_validators.TryAdd(update, method))
            {
                _errors.Add($"More than one update validator for {update}");
            }
        }

        var updateMethods = new HashSet<string>();
        foreach (var method in methods)
        {
            ReadMethod(method, updateMethods);
        }

        foreach (var missing in _validators.Keys.Where(update => !updateMethods.Contains(update)))
        {
            _errors.Add($"WorkflowUpdateValidator on {_validators[missing]} refers to {missing}, which is no update method");
        }

        foreach (var property in type.GetProperties(Everything).Where(p => p.IsDefined(typeof(WorkflowQueryAttribute), false)))
        {
            Try(() => AddQuery(WorkflowQueryDefinition.FromProperty(property)));
        }
    }

    /// <summary>All methods once, most derived first. An interface does not show those of its base interfaces by itself.</summary>
    private IEnumerable<MethodInfo> Methods() =>
        type.IsInterface ? type.GetMethods(Everything).Concat(type.GetInterfaces().SelectMany(i => i.GetMethods(Everything))) : type.GetMethods(Everything);

    private void ReadMethod(MethodInfo method, HashSet<string> updateMethods)
    {
        if (method.IsDefined(typeof(WorkflowRunAttribute), false))
        {
            if (method.DeclaringType != type)
            {
                _errors.Add($"WorkflowRun on {method} must be declared on {type}, not inherited from {method.DeclaringType}");
            }
            else if (_runMethod is not null)
            {
                _errors.Add($"WorkflowRun on multiple methods: {_runMethod} and {method}");
            }
            else
            {
                _runMethod = method;
            }
        }

        if (method.IsDefined(typeof(WorkflowSignalAttribute), false))
        {
            Try(() => AddSignal(WorkflowSignalDefinition.FromMethod(method)));
        }
        else if (method.IsDefined(typeof(WorkflowQueryAttribute), false))
        {
            Try(() => AddQuery(WorkflowQueryDefinition.FromMethod(method)));
        }
        else if (method.IsDefined(typeof(WorkflowUpdateAttribute), false))
        {
            updateMethods.Add(method.Name);
            Try(() => AddUpdate(WorkflowUpdateDefinition.FromMethod(method, _validators.GetValueOrDefault(method.Name))));
        }
        else if (method.IsDefined(typeof(WorkflowDynamicOptionsAttribute), false))
        {
            _dynamicOptions = method;
        }
        else if (HiddenAttribute(method) is { } hidden)
        {
            _errors.Add($"{hidden.Name} on {method.GetBaseDefinition()} must be repeated on the override {method}");
        }
    }

    private static Type? HiddenAttribute(MethodInfo method)
    {
        var baseMethod = method.GetBaseDefinition();
        if (baseMethod == method || baseMethod.DeclaringType == method.DeclaringType)
        {
            return null;
        }

        Type[] attributes = [typeof(WorkflowSignalAttribute), typeof(WorkflowQueryAttribute), typeof(WorkflowUpdateAttribute), typeof(WorkflowRunAttribute)];
        return Array.Find(attributes, a => baseMethod.IsDefined(a, false) && !method.IsDefined(a, false));
    }

    private void CheckRun(bool dynamic)
    {
        if (_runMethod is null)
        {
            if (!_errors.Any(e => e.StartsWith("WorkflowRun", StringComparison.Ordinal)))
            {
                _errors.Add("does not have a valid WorkflowRun method");
            }

            return;
        }

        Try(() => HandlerRules.CheckMethod("WorkflowRun", _runMethod));
        if (!typeof(Task).IsAssignableFrom(_runMethod.ReturnType))
        {
            _errors.Add($"WorkflowRun method {_runMethod} must return an instance of Task");
        }

        if (dynamic && !WorkflowDefinition.IsDynamicRun(_runMethod))
        {
            _errors.Add($"WorkflowRun on {_runMethod} must accept an array of IRawValue since the workflow is dynamic");
        }
    }

    private Func<object?[], object>? Creator()
    {
        if (type.IsInterface || type.IsAbstract)
        {
            return null;
        }

        var constructors = type.GetConstructors(Everything).Where(c => c.IsDefined(typeof(WorkflowInitAttribute), false)).ToList();
        if (constructors.Count > 1)
        {
            _errors.Add("WorkflowInit on multiple constructors");
            return null;
        }

        if (constructors is [var init])
        {
            if (!init.IsPublic)
            {
                _errors.Add("WorkflowInit constructor must be public");
            }
            else if (_runMethod is not null &&
                !init.GetParameters().Select(p => p.ParameterType).SequenceEqual(_runMethod.GetParameters().Select(p => p.ParameterType)))
            {
                _errors.Add($"WorkflowInit constructor parameters must match those of {_runMethod}");
            }

            var invoker = ConstructorInvoker.Create(init);
            return arguments => invoker.Invoke(arguments.AsSpan());
        }

        if (type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not { } constructor)
        {
            _errors.Add("does not have a public constructor without parameters");
            return null;
        }

        var plain = ConstructorInvoker.Create(constructor);
        return _ => plain.Invoke();
    }

    private Func<object, WorkflowDefinitionOptions>? DynamicOptionsGetter()
    {
        if (_dynamicOptions is null)
        {
            return null;
        }

        var call = MethodCall.Of(_dynamicOptions);
        return instance => (WorkflowDefinitionOptions)call.Invoke(instance, [])!;
    }

    private void AddSignal(WorkflowSignalDefinition signal)
    {
        if (signal.Name is null)
        {
            _handlers.DynamicSignal = _handlers.DynamicSignal is null ? signal : throw new ArgumentException("has more than one dynamic signal");
        }
        else if (!_handlers.Signals.TryAdd(signal.Name, signal))
        {
            throw new ArgumentException($"has more than one signal named {signal.Name}");
        }
    }

    private void AddQuery(WorkflowQueryDefinition query)
    {
        if (query.Name is null)
        {
            _handlers.DynamicQuery = _handlers.DynamicQuery is null ? query : throw new ArgumentException("has more than one dynamic query");
        }
        else if (!_handlers.Queries.TryAdd(query.Name, query))
        {
            throw new ArgumentException($"has more than one query named {query.Name}");
        }
    }

    private void AddUpdate(WorkflowUpdateDefinition update)
    {
        if (update.Name is null)
        {
            _handlers.DynamicUpdate = _handlers.DynamicUpdate is null ? update : throw new ArgumentException("has more than one dynamic update");
        }
        else if (!_handlers.Updates.TryAdd(update.Name, update))
        {
            throw new ArgumentException($"has more than one update named {update.Name}");
        }
    }

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ArgumentException e)
        {
            _errors.Add(e.Message);
        }
    }
}
