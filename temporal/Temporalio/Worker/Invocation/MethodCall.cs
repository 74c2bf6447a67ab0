using System.Reflection;

namespace Temporalio.Worker.Invocation;

/// <summary>
/// A call of a user's method or delegate with boxed arguments. Compiled once by the runtime's invoker; exceptions of the target come out as they are.
/// </summary>
internal sealed class MethodCall
{
    private readonly MethodInvoker? _invoker;
    private readonly Delegate? _delegate;
    private readonly object? _delegateTarget;
    private readonly int _parameterCount;
    private readonly object?[] _defaults;

    private MethodCall(MethodInfo method, Delegate? del)
    {
        Parameters = method.GetParameters();
        _parameterCount = Parameters.Count;
        _defaults = [.. Parameters.Select(p => p.HasDefaultValue ? p.DefaultValue : null)];

        // A static method with a target (a closed delegate, a compiled expression) has one parameter more than the invoker would see.
        if (del is null || !(method.IsStatic && del.Target is not null))
        {
            _invoker = MethodInvoker.Create(method);
            _delegateTarget = del?.Target;
        }
        else
        {
            Parameters = del.GetType().GetMethod("Invoke")!.GetParameters();
            _parameterCount = Parameters.Count;
            _delegate = del;
        }
    }

    public IReadOnlyList<ParameterInfo> Parameters { get; }

    public static MethodCall Of(MethodInfo method) => new(method, null);

    public static MethodCall Of(Delegate del) => new(del.Method, del);

    /// <summary>Invokes the delegate given at creation, or a static method.</summary>
    public object? Invoke(object?[] arguments) => Invoke(_delegateTarget, arguments);

    /// <summary>Invokes on <paramref name="target"/>. Optional parameters without an argument take their default.</summary>
    public object? Invoke(object? target, object?[] arguments)
    {
        if (arguments.Length < _parameterCount)
        {
            var padded = new object?[_parameterCount];
            arguments.CopyTo(padded, 0);
            Array.Copy(_defaults, arguments.Length, padded, arguments.Length, _parameterCount - arguments.Length);
            arguments = padded;
        }

        if (_invoker is not null)
        {
            return _invoker.Invoke(target, arguments.AsSpan());
        }

        try
        {
            return _delegate!.DynamicInvoke(arguments);
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }
}
