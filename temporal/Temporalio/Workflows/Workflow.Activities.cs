using System.Linq.Expressions;
using Temporalio.Activities;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <content>Activities.</content>
public static partial class Workflow
{
    /// <summary>Runs an activity and waits for its result.</summary>
    /// <exception cref="Exceptions.ActivityFailureException">It failed for good, timed out or was cancelled.</exception>
    public static Task<TResult> ExecuteActivityAsync<TResult>(Expression<Func<TResult>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task ExecuteActivityAsync(Expression<Action> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task ExecuteActivityAsync<TActivityInstance>(Expression<Action<TActivityInstance>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task<TResult> ExecuteActivityAsync<TResult>(Expression<Func<Task<TResult>>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task ExecuteActivityAsync(Expression<Func<Task>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task ExecuteActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task ExecuteActivityAsync(string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>(activity, args, options);

    /// <inheritdoc cref="ExecuteActivityAsync{TResult}(Expression{Func{TResult}}, ActivityOptions)"/>
    public static Task<TResult> ExecuteActivityAsync<TResult>(string activity, IReadOnlyCollection<object?> args, ActivityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Context.Outbound.ScheduleActivityAsync<TResult>(new(activity, args, options, null));
    }

    private static Task<TResult> ExecuteActivityAsync<TResult>(LambdaExpression activityCall, ActivityOptions options)
    {
        var (method, arguments) = CallExpression.Extract(activityCall);
        return ExecuteActivityAsync<TResult>(ActivityDefinition.NameForCall(method), arguments, options);
    }
}
