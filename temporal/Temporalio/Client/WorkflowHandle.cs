using System.Linq.Expressions;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client.Calls;
using Temporalio.Client.Interceptors;
using Temporalio.Common;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>A workflow, to follow and to steer.</summary>
/// <param name="Client">Client it belongs to.</param>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">The run that calls are for; <see langword="null"/> for the latest one.</param>
/// <param name="ResultRunId">The run whose result is waited for first.</param>
/// <param name="FirstExecutionRunId">Cancels and terminates only a workflow that began with this run.</param>
public record WorkflowHandle(
    ITemporalClient Client, string Id, string? RunId = null, string? ResultRunId = null, string? FirstExecutionRunId = null)
{
    private ClientOutboundInterceptor Outbound => Client.OutboundInterceptor;

    /// <summary>Waits for the workflow to end well.</summary>
    /// <param name="followRuns">Follow retries, cron and continue-as-new to their last run.</param>
    /// <param name="rpcOptions">Options of the calls; their token ends the wait.</param>
    /// <exception cref="Exceptions.WorkflowFailedException">It ended otherwise.</exception>
    /// <exception cref="Exceptions.WorkflowContinuedAsNewException">It continued as new, and is not followed.</exception>
    public Task GetResultAsync(bool followRuns = true, RpcOptions? rpcOptions = null) => GetResultAsync<ValueTuple>(followRuns, rpcOptions);

    /// <inheritdoc cref="GetResultAsync(bool, RpcOptions?)"/>
    public virtual Task<TResult> GetResultAsync<TResult>(bool followRuns = true, RpcOptions? rpcOptions = null) =>
        WorkflowResults.GetAsync<TResult>(this, followRuns, rpcOptions);

    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, WorkflowSignalOptions? options = null)
    {
        var (method, args) = CallExpression.Extract(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameForCall(method), args, options);
    }

    public virtual Task SignalAsync(string signal, IReadOnlyCollection<object?> args, WorkflowSignalOptions? options = null) =>
        Outbound.SignalWorkflowAsync(new(Id, RunId, signal, args, options, null));

    /// <param name="queryCall">A query method called or a query property read.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="Exceptions.WorkflowQueryFailedException">The handler failed, or there is none.</exception>
    /// <exception cref="Exceptions.WorkflowQueryRejectedException">The workflow's status forbids it, as asked.</exception>
    public Task<TQueryResult> QueryAsync<TWorkflow, TQueryResult>(
        Expression<Func<TWorkflow, TQueryResult>> queryCall, WorkflowQueryOptions? options = null)
    {
        var (name, args) = QueryCall(queryCall);
        return QueryAsync<TQueryResult>(name, args, options);
    }

    /// <inheritdoc cref="QueryAsync{TWorkflow, TQueryResult}"/>
    public virtual Task<TQueryResult> QueryAsync<TQueryResult>(
        string query, IReadOnlyCollection<object?> args, WorkflowQueryOptions? options = null) =>
        Outbound.QueryWorkflowAsync<TQueryResult>(new(Id, RunId, query, args, options, null));

    /// <summary>Sends an update and waits for the stage that the options name.</summary>
    public async Task<WorkflowUpdateHandle> StartUpdateAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return await StartUpdateAsync<ValueTuple>(WorkflowUpdateDefinition.NameForCall(method), args, options).ConfigureAwait(false);
    }

    /// <inheritdoc cref="StartUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateStartOptions)"/>
    public Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return StartUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameForCall(method), args, options);
    }

    /// <inheritdoc cref="StartUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateStartOptions)"/>
    public async Task<WorkflowUpdateHandle> StartUpdateAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        await StartUpdateAsync<ValueTuple>(update, args, options).ConfigureAwait(false);

    /// <inheritdoc cref="StartUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateStartOptions)"/>
    public virtual Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        Outbound.StartWorkflowUpdateAsync<TUpdateResult>(new(Id, RunId, FirstExecutionRunId, update, args, options, null));

    /// <summary>Sends an update and waits for it to end well.</summary>
    /// <exception cref="Exceptions.WorkflowUpdateFailedException">It was rejected or failed.</exception>
    /// <exception cref="Exceptions.WorkflowUpdateRpcTimeoutOrCanceledException">The wait was cut short.</exception>
    public Task ExecuteUpdateAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return ExecuteUpdateAsync<ValueTuple>(WorkflowUpdateDefinition.NameForCall(method), args, options);
    }

    /// <inheritdoc cref="ExecuteUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateOptions?)"/>
    public Task<TUpdateResult> ExecuteUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var (method, args) = CallExpression.Extract(updateCall);
        return ExecuteUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameForCall(method), args, options);
    }

    /// <inheritdoc cref="ExecuteUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateOptions?)"/>
    public Task ExecuteUpdateAsync(string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null) =>
        ExecuteUpdateAsync<ValueTuple>(update, args, options);

    /// <inheritdoc cref="ExecuteUpdateAsync{TWorkflow}(Expression{Func{TWorkflow, Task}}, WorkflowUpdateOptions?)"/>
    public async Task<TUpdateResult> ExecuteUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null)
    {
        var start = new WorkflowUpdateStartOptions(WorkflowUpdateStage.Completed) { Id = options?.Id, Rpc = options?.Rpc };
        var handle = await StartUpdateAsync<TUpdateResult>(update, args, start).ConfigureAwait(false);
        return await handle.GetResultAsync(options?.Rpc).ConfigureAwait(false);
    }

    /// <summary>A handle of an update sent before. Nothing is checked.</summary>
    public WorkflowUpdateHandle GetUpdateHandle(string id) => new(Client, id, Id, RunId);

    /// <inheritdoc cref="GetUpdateHandle"/>
    public WorkflowUpdateHandle<TUpdateResult> GetUpdateHandle<TUpdateResult>(string id) => new(Client, id, Id, RunId);

    public virtual Task<WorkflowExecutionDescription> DescribeAsync(WorkflowDescribeOptions? options = null) =>
        Outbound.DescribeWorkflowAsync(new(Id, RunId, options));

    /// <summary>Requests cancellation. The workflow decides what it makes of it.</summary>
    public virtual Task CancelAsync(WorkflowCancelOptions? options = null) =>
        Outbound.CancelWorkflowAsync(new(Id, RunId, FirstExecutionRunId, options));

    /// <summary>Ends the workflow at once, without its code noticing.</summary>
    public virtual Task TerminateAsync(string? reason = null, WorkflowTerminateOptions? options = null) =>
        Outbound.TerminateWorkflowAsync(new(Id, RunId, FirstExecutionRunId, reason, options));

    public virtual async Task<WorkflowHistory> FetchHistoryAsync(WorkflowHistoryEventFetchOptions? options = null)
    {
        var events = new List<HistoryEvent>();
        await foreach (var item in FetchHistoryEventsAsync(options).ConfigureAwait(false))
        {
            events.Add(item);
        }
        return new(Id, events);
    }

    public virtual async IAsyncEnumerable<HistoryEvent> FetchHistoryEventsAsync(WorkflowHistoryEventFetchOptions? options = null)
    {
        byte[]? token = null;
        do
        {
            var pacing = new WaitPacing(Client, options?.Rpc);
            var page = await Outbound.FetchWorkflowHistoryEventPageAsync(new(
                Id,
                RunId,
                null,
                token,
                options?.WaitNewEvent ?? false,
                options?.EventFilterType ?? HistoryEventFilterType.AllEvent,
                options?.SkipArchival ?? false,
                options?.Rpc)).ConfigureAwait(false);
            foreach (var item in page.Events)
            {
                yield return item;
            }
            token = page.NextPageToken;
            if (token is not null && page.Events.Count == 0)
            {
                await pacing.BeforeNextAsync().ConfigureAwait(false);
            }
        }
        while (token is not null);
    }

    private protected static (string Name, IReadOnlyCollection<object?> Args) QueryCall(LambdaExpression call)
    {
        var (member, args) = CallExpression.ExtractMember(call);
        var name = member is System.Reflection.PropertyInfo property
            ? WorkflowQueryDefinition.NameForCall(property)
            : WorkflowQueryDefinition.NameForCall((System.Reflection.MethodInfo)member);
        return (name, args);
    }
}
