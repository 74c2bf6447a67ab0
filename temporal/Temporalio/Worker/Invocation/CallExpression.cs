using System.Linq.Expressions;
using System.Reflection;

namespace Temporalio.Worker.Invocation;

/// <summary>
/// Takes a lambda such as <c>(MyWorkflow wf) => wf.RunAsync(arg)</c> apart. Arguments are evaluated by walking the tree, because compiling it
/// would cost more than everything else a call does; only rare shapes are compiled.
/// </summary>
internal static class CallExpression
{
    /// <summary>The method called and the values of its arguments.</summary>
    /// <exception cref="ArgumentException">The lambda is something else than one call.</exception>
    public static (MethodInfo Method, object?[] Arguments) Extract(LambdaExpression lambda)
    {
        ArgumentNullException.ThrowIfNull(lambda);
        var body = lambda.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert)
        {
            body = convert.Operand;
        }

        if (body is not MethodCallExpression call)
        {
            throw new ArgumentException("Expression must be a single method call");
        }

        // The receiver must be the parameter itself: what it computes would not be carried over. A static method has none.
        if (lambda.Parameters.Count > 0 ? call.Object is not null && call.Object != lambda.Parameters[0] && !IsConvertOf(call.Object, lambda.Parameters[0]) : call.Object is ParameterExpression)
        {
            throw new ArgumentException("Expression must have the method call directly on the lambda parameter");
        }

        var arguments = call.Arguments.Count == 0 ? [] : new object?[call.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Evaluate(call.Arguments[i]);
        }

        return (OnReceiver(call, lambda), arguments);
    }

    /// <summary>The member of a query: a method with its arguments, or a property.</summary>
    /// <exception cref="ArgumentException">The lambda is something else.</exception>
    public static (MemberInfo Member, object?[] Arguments) ExtractMember(LambdaExpression lambda)
    {
        ArgumentNullException.ThrowIfNull(lambda);
        if (lambda.Body is MemberExpression { Member: PropertyInfo property, Expression: ParameterExpression })
        {
            return (property, []);
        }

        return Extract(lambda);
    }

    /// <summary>The method as the receiver's type has it: on an override it is the override that bears the attribute.</summary>
    private static MethodInfo OnReceiver(MethodCallExpression call, LambdaExpression lambda)
    {
        var method = call.Method;
        if (lambda.Parameters.Count == 0 || method.IsStatic || !method.IsVirtual || method.DeclaringType == lambda.Parameters[0].Type || lambda.Parameters[0].Type.IsInterface)
        {
            return method;
        }

        foreach (var candidate in lambda.Parameters[0].Type.GetMember(method.Name, MemberTypes.Method, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (candidate is MethodInfo m && m.GetBaseDefinition() == method.GetBaseDefinition())
            {
                return m;
            }
        }

        return method;
    }

    private static bool IsConvertOf(Expression expression, ParameterExpression parameter) =>
        expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.TypeAs } convert && convert.Operand == parameter;

    private static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } member when member.Expression is not ParameterExpression =>
            field.GetValue(member.Expression is null ? null : Evaluate(member.Expression)),
        MemberExpression { Member: PropertyInfo property } member when member.Expression is not ParameterExpression =>
            property.GetValue(member.Expression is null ? null : Evaluate(member.Expression), BindingFlags.DoNotWrapExceptions, null, null, null),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when IsReferenceOrBoxing(convert) => Evaluate(convert.Operand),
        NewExpression { Constructor: { } constructor } created =>
            constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, EvaluateAll(created.Arguments), null),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => EvaluateArray(array),
        MethodCallExpression call when !call.Method.GetParameters().Any(p => p.ParameterType.IsByRef) =>
            call.Method.Invoke(call.Object is null ? null : Evaluate(call.Object), BindingFlags.DoNotWrapExceptions, null, EvaluateAll(call.Arguments), null),
        LambdaExpression lambda => lambda.Compile(preferInterpretation: true),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private static object?[] EvaluateAll(IReadOnlyList<Expression> expressions)
    {
        var values = expressions.Count == 0 ? [] : new object?[expressions.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Evaluate(expressions[i]);
        }

        return values;
    }

    private static Array EvaluateArray(NewArrayExpression array)
    {
        var values = Array.CreateInstance(array.Type.GetElementType()!, array.Expressions.Count);
        for (var i = 0; i < array.Expressions.Count; i++)
        {
            values.SetValue(Evaluate(array.Expressions[i]), i);
        }

        return values;
    }

    /// <summary>A boxed value keeps its type through these conversions; numeric ones change it.</summary>
    private static bool IsReferenceOrBoxing(UnaryExpression convert)
    {
        var from = convert.Operand.Type;
        var to = convert.Type;
        return to.IsAssignableFrom(from) || (!to.IsValueType && !from.IsValueType) || Nullable.GetUnderlyingType(to) == from;
    }
}
