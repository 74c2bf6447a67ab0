using System.Linq.Expressions;
using System.Reflection;

namespace Temporalio.Common;

/// <summary>Reads calls given as lambda expressions, such as <c>(MyWorkflow w) => w.RunAsync(argument)</c>.</summary>
internal static class ExpressionUtil
{
    /// <summary>The called method and the values of its arguments.</summary>
    /// <exception cref="ArgumentException">The body is no call, or one on something other than the lambda's parameter.</exception>
    internal static (MethodInfo Method, IReadOnlyCollection<object?> Args) ExtractCall(LambdaExpression expression)
    {
        if (Unwrap(expression.Body) is not MethodCallExpression call)
        {
            throw new ArgumentException("Expression must be a single method call", nameof(expression));
        }
        CheckTarget(expression, call.Object);
        return (call.Method, Values(call.Arguments));
    }

    /// <summary>
    /// As <see cref="ExtractCall"/>, with the instance the call is made on when the lambda has no parameter: for activities, where
    /// it is evaluated; <see langword="null"/> for static methods and lambdas with a parameter.
    /// </summary>
    internal static (MethodInfo Method, object? Instance, IReadOnlyCollection<object?> Args) ExtractActivityCall(
        LambdaExpression expression)
    {
        if (Unwrap(expression.Body) is not MethodCallExpression call)
        {
            throw new ArgumentException("Expression must be a single method call", nameof(expression));
        }
        object? instance = null;
        if (expression.Parameters.Count > 0)
        {
            CheckTarget(expression, call.Object);
        }
        else if (call.Object is not null)
        {
            instance = Value(call.Object);
        }
        return (call.Method, instance, Values(call.Arguments));
    }

    /// <summary>The property a lambda such as <c>(MyWorkflow w) => w.Status</c> reads; <see langword="null"/> if it reads none.</summary>
    internal static PropertyInfo? ExtractProperty(LambdaExpression expression) =>
        Unwrap(expression.Body) is MemberExpression { Member: PropertyInfo property, Expression: ParameterExpression } ? property : null;

    private static void CheckTarget(LambdaExpression expression, Expression? target)
    {
        var isParameter = target is null || (expression.Parameters is [var parameter] && Unwrap(target) == parameter);
        if (!isParameter)
        {
            throw new ArgumentException("Expression must be a call on the lambda's parameter", nameof(expression));
        }
    }

    private static IReadOnlyCollection<object?> Values(IReadOnlyList<Expression> arguments)
    {
        if (arguments.Count == 0)
        {
            return [];
        }
        var values = new object?[arguments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(arguments[i]);
        }
        return values;
    }

    /// <summary>Constants and captured variables are read by reflection: compiling costs a thousand times as much.</summary>
    private static object? Value(Expression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            case MemberExpression { Member: FieldInfo field } member when member.Expression is null or ConstantExpression or MemberExpression:
                return field.GetValue(member.Expression is null ? null : Value(member.Expression));
            case UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert
                when !convert.Type.IsValueType && !convert.Operand.Type.IsValueType:
                return Value(convert.Operand);
            default:
                return Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)();
        }
    }

    private static Expression Unwrap(Expression expression) =>
        expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert
            ? Unwrap(convert.Operand)
            : expression;
}
