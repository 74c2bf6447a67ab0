using System.Linq.Expressions;
using Temporalio.Activities;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <content>Local activities.</content>
public static partial class Workflow
{
    /// <summary>Runs a local activity and waits for its result.</summary>
    /// <exception cref="Exceptions.ActivityFailureException">It failed for good, timed out or was cancelled.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(Expression<Func<TResult>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task ExecuteLocalActivityAsync(Expression<Action> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task ExecuteLocalActivityAsync<TActivityInstance>(Expression<Action<TActivityInstance>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(Expression<Func<Task<TResult>>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task ExecuteLocalActivityAsync(Expression<Func<Task>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<TResult>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task ExecuteLocalActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>((LambdaExpression)activityCall, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task ExecuteLocalActivityAsync(string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>(activity, args, options);

    /// <inheritdoc cref="ExecuteLocalActivityAsync{TResult}(Expression{Func{TResult}}, LocalActivityOptions)"/>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Context.Outbound.ScheduleLocalActivityAsync<TResult>(new(activity, args, options, null));
    }

    private static Task<TResult> ExecuteLocalActivityAsync<TResult>(LambdaExpression activityCall, LocalActivityOptions options)
    {
        var (method, arguments) = CallExpression.Extract(activityCall);
        return ExecuteLocalActivityAsync<TResult>(ActivityDefinition.NameForCall(method), arguments, options);
    }
}
