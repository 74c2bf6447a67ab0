using Temporalio.Api.Update.V1;
using Temporalio.Client.Calls;

namespace Temporalio.Client;

/// <summary>An update of a workflow.</summary>
public record WorkflowUpdateHandle(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
{
    private Outcome? _outcome;

    /// <summary>The outcome if it is known already, so that nobody has to wait for it.</summary>
    internal Outcome? KnownOutcome
    {
        get => _outcome;
        init => _outcome = value;
    }

    /// <summary>Waits for the update to end well.</summary>
    /// <exception cref="Exceptions.WorkflowUpdateFailedException">It was rejected or failed.</exception>
    /// <exception cref="Exceptions.WorkflowUpdateRpcTimeoutOrCanceledException">The wait was cut short.</exception>
    public Task GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<ValueTuple>(rpcOptions);

    /// <inheritdoc cref="GetResultAsync(RpcOptions?)"/>
    public virtual async Task<TResult> GetResultAsync<TResult>(RpcOptions? rpcOptions = null)
    {
        var outcome = await OutcomeAsync(rpcOptions).ConfigureAwait(false);
        return await UpdateOutcomes.ToResultAsync<TResult>(Client.Options, WorkflowId, outcome).ConfigureAwait(false);
    }

    internal async Task<Outcome> OutcomeAsync(RpcOptions? rpcOptions) =>
        _outcome ??= await UpdateOutcomes.PollAsync(
            Client,
            new()
            {
                WorkflowExecution = new() { WorkflowId = WorkflowId, RunId = WorkflowRunId ?? "" },
                UpdateId = Id,
            },
            rpcOptions).ConfigureAwait(false);
}

/// <inheritdoc/>
/// <typeparam name="TResult">Type of the update's result.</typeparam>
public record WorkflowUpdateHandle<TResult>(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
    : WorkflowUpdateHandle(Client, Id, WorkflowId, WorkflowRunId)
{
    /// <inheritdoc cref="WorkflowUpdateHandle.GetResultAsync(RpcOptions?)"/>
    public new Task<TResult> GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<TResult>(rpcOptions);
}
