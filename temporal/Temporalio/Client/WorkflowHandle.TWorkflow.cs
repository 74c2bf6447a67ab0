using System.Linq.Expressions;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <inheritdoc/>
/// <typeparam name="TWorkflow">Class or interface of the workflow.</typeparam>
public record WorkflowHandle<TWorkflow>(
    ITemporalClient Client, string Id, string? RunId = null, string? ResultRunId = null, string? FirstExecutionRunId = null)
    : WorkflowHandle(Client, Id, RunId, ResultRunId, FirstExecutionRunId)
{
    public Task SignalAsync(Expression<Func<TWorkflow, Task>> signalCall, WorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);

    /// <inheritdoc cref="WorkflowHandle.QueryAsync{TWorkflow, TQueryResult}"/>
    public Task<TQueryResult> QueryAsync<TQueryResult>(
        Expression<Func<TWorkflow, TQueryResult>> queryCall, WorkflowQueryOptions? options = null) =>
        QueryAsync<TWorkflow, TQueryResult>(queryCall, options);

    /// <inheritdoc cref="WorkflowHandle.StartUpdateAsync(string, IReadOnlyCollection{object?}, WorkflowUpdateStartOptions)"/>
    public Task<WorkflowUpdateHandle> StartUpdateAsync(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateStartOptions options) =>
        StartUpdateAsync<TWorkflow>(updateCall, options);

    /// <inheritdoc cref="WorkflowHandle.StartUpdateAsync(string, IReadOnlyCollection{object?}, WorkflowUpdateStartOptions)"/>
    public Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return StartUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameForCall(method), args, options);
    }

    /// <inheritdoc cref="WorkflowHandle.ExecuteUpdateAsync(string, IReadOnlyCollection{object?}, WorkflowUpdateOptions?)"/>
    public Task ExecuteUpdateAsync(Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateOptions? options = null) =>
        ExecuteUpdateAsync<TWorkflow>(updateCall, options);

    /// <inheritdoc cref="WorkflowHandle.ExecuteUpdateAsync(string, IReadOnlyCollection{object?}, WorkflowUpdateOptions?)"/>
    public Task<TUpdateResult> ExecuteUpdateAsync<TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return ExecuteUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameForCall(method), args, options);
    }
}

/// <inheritdoc/>
/// <typeparam name="TWorkflow">Class or interface of the workflow.</typeparam>
/// <typeparam name="TResult">Type of its result.</typeparam>
public record WorkflowHandle<TWorkflow, TResult>(
    ITemporalClient Client, string Id, string? RunId = null, string? ResultRunId = null, string? FirstExecutionRunId = null)
    : WorkflowHandle<TWorkflow>(Client, Id, RunId, ResultRunId, FirstExecutionRunId)
{
    /// <inheritdoc cref="WorkflowHandle.GetResultAsync(bool, RpcOptions?)"/>
    public new Task<TResult> GetResultAsync(bool followRuns = true, RpcOptions? rpcOptions = null) =>
        GetResultAsync<TResult>(followRuns, rpcOptions);
}
