using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client.Calls;

/// <summary>Waits for updates and reads their outcomes.</summary>
internal static class UpdateOutcomes
{
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">The wait was cut short.</exception>
    internal static async Task<Outcome> PollAsync(ITemporalClient client, UpdateRef update, RpcOptions? rpcOptions)
    {
        while (true)
        {
            try
            {
                var pacing = new WaitPacing(client, rpcOptions);
                var response = await client.WorkflowService.PollWorkflowExecutionUpdateAsync(
                    new()
                    {
                        Namespace = client.Options.Namespace,
                        UpdateRef = update.Clone(),
                        Identity = client.Connection.Options.Identity,
                        WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
                    },
                    TemporalClient.DefaultRetryOptions(rpcOptions)).ConfigureAwait(false);
                if (response.Outcome is { } outcome)
                {
                    return outcome;
                }
                await pacing.BeforeNextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (IsTimeoutOrCancellation(e))
            {
                throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
            }
        }
    }

    /// <exception cref="WorkflowUpdateFailedException">The update was rejected or failed.</exception>
    internal static async Task<TResult> ToResultAsync<TResult>(TemporalClientOptions options, string workflowId, Outcome outcome)
    {
        var converter = options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(options.Namespace, workflowId));
        return outcome.ValueCase switch
        {
            Outcome.ValueOneofCase.Failure =>
                throw new WorkflowUpdateFailedException(await converter.ToExceptionAsync(outcome.Failure).ConfigureAwait(false)),
            Outcome.ValueOneofCase.Success =>
                await WorkflowResults.ResultAsync<TResult>(outcome.Success, converter).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"Unrecognized outcome case: {outcome.ValueCase}"),
        };
    }

    internal static bool IsTimeoutOrCancellation(Exception e) => e is OperationCanceledException
        or RpcException { Code: RpcException.StatusCode.DeadlineExceeded or RpcException.StatusCode.Cancelled };
}
