using System.Linq.Expressions;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <content>Child workflows and continue-as-new.</content>
public static partial class Workflow
{
    /// <summary>Starts a child workflow and waits for its result.</summary>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The workflow id is taken.</exception>
    public static async Task<TResult> ExecuteChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflowRunCall, options);
        return await handle.GetResultAsync();
    }

    /// <inheritdoc cref="ExecuteChildWorkflowAsync{TWorkflow, TResult}"/>
    public static async Task ExecuteChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflowRunCall, options);
        await handle.GetResultAsync();
    }

    /// <inheritdoc cref="ExecuteChildWorkflowAsync{TWorkflow, TResult}"/>
    public static Task ExecuteChildWorkflowAsync(string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null) =>
        ExecuteChildWorkflowAsync<ValueTuple>(workflow, args, options);

    /// <inheritdoc cref="ExecuteChildWorkflowAsync{TWorkflow, TResult}"/>
    public static async Task<TResult> ExecuteChildWorkflowAsync<TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync<ValueTuple, TResult>(workflow, args, options);
        return await handle.GetResultAsync();
    }

    /// <summary>Starts a child workflow and waits until it has started.</summary>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The workflow id is taken.</exception>
    public static Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var (method, arguments) = CallExpression.Extract(workflowRunCall);
        return StartChildWorkflowAsync<TWorkflow, TResult>(WorkflowDefinition.NameForCall(method), arguments, options);
    }

    /// <inheritdoc cref="StartChildWorkflowAsync{TWorkflow, TResult}(Expression{Func{TWorkflow, Task{TResult}}}, ChildWorkflowOptions)"/>
    public static async Task<ChildWorkflowHandle<TWorkflow>> StartChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var (method, arguments) = CallExpression.Extract(workflowRunCall);
        return await StartChildWorkflowAsync<TWorkflow, ValueTuple>(WorkflowDefinition.NameForCall(method), arguments, options);
    }

    /// <inheritdoc cref="StartChildWorkflowAsync{TWorkflow, TResult}(Expression{Func{TWorkflow, Task{TResult}}}, ChildWorkflowOptions)"/>
    public static async Task<ChildWorkflowHandle> StartChildWorkflowAsync(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null) =>
        await StartChildWorkflowAsync<ValueTuple, ValueTuple>(workflow, args, options);

    /// <summary>The exception that ends this run and continues the workflow as a new one, to be thrown by the run method.</summary>
    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ContinueAsNewOptions? options = null) =>
        CreateContinueAsNewException((LambdaExpression)workflowRunCall, options);

    /// <inheritdoc cref="CreateContinueAsNewException{TWorkflow, TResult}"/>
    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ContinueAsNewOptions? options = null) =>
        CreateContinueAsNewException((LambdaExpression)workflowRunCall, options);

    /// <inheritdoc cref="CreateContinueAsNewException{TWorkflow, TResult}"/>
    public static ContinueAsNewException CreateContinueAsNewException(
        string workflow, IReadOnlyCollection<object?> args, ContinueAsNewOptions? options = null) =>
        Context.Outbound.CreateContinueAsNewException(new(workflow, args, options, null));

    private static ContinueAsNewException CreateContinueAsNewException(LambdaExpression workflowRunCall, ContinueAsNewOptions? options)
    {
        var (method, arguments) = CallExpression.Extract(workflowRunCall);
        return CreateContinueAsNewException(WorkflowDefinition.NameForCall(method), arguments, options);
    }

    private static Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options) =>
        Context.Outbound.StartChildWorkflowAsync<TWorkflow, TResult>(new(workflow, args, options ?? new(), null));
}
