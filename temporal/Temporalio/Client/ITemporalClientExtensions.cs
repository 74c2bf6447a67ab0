using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Client;

/// <summary>Calls that are several calls of a client.</summary>
public static class ITemporalClientExtensions
{
    /// <summary>Starts a workflow and waits for its result.</summary>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="Exceptions.WorkflowFailedException">It did not end well.</exception>
    public static async Task<TResult> ExecuteWorkflowAsync<TWorkflow, TResult>(
        this ITemporalClient client, Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var handle = await client.StartWorkflowAsync(workflowRunCall, options).ConfigureAwait(false);
        return await handle.GetResultAsync(rpcOptions: ForResult(options.Rpc)).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteWorkflowAsync{TWorkflow, TResult}"/>
    public static async Task ExecuteWorkflowAsync<TWorkflow>(
        this ITemporalClient client, Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var handle = await client.StartWorkflowAsync(workflowRunCall, options).ConfigureAwait(false);
        await handle.GetResultAsync(rpcOptions: ForResult(options.Rpc)).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteWorkflowAsync{TWorkflow, TResult}"/>
    public static async Task ExecuteWorkflowAsync(
        this ITemporalClient client, string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options)
    {
        var handle = await client.StartWorkflowAsync(workflow, args, options).ConfigureAwait(false);
        await handle.GetResultAsync(rpcOptions: ForResult(options.Rpc)).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteWorkflowAsync{TWorkflow, TResult}"/>
    public static async Task<TResult> ExecuteWorkflowAsync<TResult>(
        this ITemporalClient client, string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options)
    {
        var handle = await client.StartWorkflowAsync(workflow, args, options).ConfigureAwait(false);
        return await handle.GetResultAsync<TResult>(rpcOptions: ForResult(options.Rpc)).ConfigureAwait(false);
    }

    /// <summary>Sends an update, starts the workflow first if it does not run, and waits for the update's result.</summary>
    /// <exception cref="Exceptions.WorkflowUpdateFailedException">The update was rejected or failed.</exception>
    public static async Task ExecuteUpdateWithStartWorkflowAsync<TWorkflow>(
        this ITemporalClient client, Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateWithStartOptions options)
    {
        var handle = await client.StartUpdateWithStartWorkflowAsync(updateCall, UntilCompleted(options)).ConfigureAwait(false);
        await handle.GetResultAsync(options.Rpc).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteUpdateWithStartWorkflowAsync{TWorkflow}"/>
    public static async Task<TUpdateResult> ExecuteUpdateWithStartWorkflowAsync<TWorkflow, TUpdateResult>(
        this ITemporalClient client, Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateWithStartOptions options)
    {
        var handle = await client.StartUpdateWithStartWorkflowAsync(updateCall, UntilCompleted(options)).ConfigureAwait(false);
        return await handle.GetResultAsync(options.Rpc).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteUpdateWithStartWorkflowAsync{TWorkflow}"/>
    public static async Task ExecuteUpdateWithStartWorkflowAsync(
        this ITemporalClient client, string update, IReadOnlyCollection<object?> args, WorkflowUpdateWithStartOptions options)
    {
        var handle = await client.StartUpdateWithStartWorkflowAsync(update, args, UntilCompleted(options)).ConfigureAwait(false);
        await handle.GetResultAsync(options.Rpc).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ExecuteUpdateWithStartWorkflowAsync{TWorkflow}"/>
    public static async Task<TUpdateResult> ExecuteUpdateWithStartWorkflowAsync<TUpdateResult>(
        this ITemporalClient client, string update, IReadOnlyCollection<object?> args, WorkflowUpdateWithStartOptions options)
    {
        var handle = await client.StartUpdateWithStartWorkflowAsync<TUpdateResult>(
            update, args, UntilCompleted(options)).ConfigureAwait(false);
        return await handle.GetResultAsync(options.Rpc).ConfigureAwait(false);
    }

    /// <summary>The histories of the workflows that a query finds.</summary>
    public static async IAsyncEnumerable<WorkflowHistory> ListWorkflowHistoriesAsync(
        this ITemporalClient client,
        string query,
        WorkflowListOptions? listOptions = null,
        WorkflowHistoryEventFetchOptions? historyFetchOptions = null)
    {
        await foreach (var workflow in client.ListWorkflowsAsync(query, listOptions).ConfigureAwait(false))
        {
            yield return await client.GetWorkflowHandle(workflow.Id, workflow.RunId)
                .FetchHistoryAsync(historyFetchOptions).ConfigureAwait(false);
        }
    }

    // A time limit meant for the start would cut the wait for the result short.
    private static RpcOptions? ForResult(RpcOptions? options)
    {
        if (options?.Timeout is null)
        {
            return options;
        }
        var copy = (RpcOptions)options.Clone();
        copy.Timeout = null;
        return copy;
    }

    private static WorkflowStartUpdateWithStartOptions UntilCompleted(WorkflowUpdateWithStartOptions options) => new()
    {
        Id = options.Id,
        Rpc = options.Rpc,
        StartWorkflowOperation = options.StartWorkflowOperation,
        WaitForStage = WorkflowUpdateStage.Completed,
    };
}
