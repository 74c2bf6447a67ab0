using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client.Calls;

/// <summary>Updates of workflows, alone or with their start.</summary>
internal sealed class WorkflowUpdates(TemporalClient client)
{
    internal async Task<WorkflowUpdateHandle<TResult>> StartAsync<TResult>(StartWorkflowUpdateInput input)
    {
        CheckStage(input.Options.WaitForStage);
        var request = await RequestAsync(
            input.Id, input.RunId, input.FirstExecutionRunId, input.Update, input.Args, input.Options.Id, input.Options.WaitForStage, input.Headers)
            .ConfigureAwait(false);
        UpdateWorkflowExecutionResponse response;
        try
        {
            while (true)
            {
                // The server gives up waiting before the call does; the update's id makes asking again harmless.
                var pacing = new WaitPacing(client, input.Options.Rpc);
                response = await client.WorkflowService.UpdateWorkflowExecutionAsync(
                    request.Clone(), TemporalClient.DefaultRetryOptions(input.Options.Rpc)).ConfigureAwait(false);
                if (response.Stage >= UpdateWorkflowExecutionLifecycleStage.Accepted)
                {
                    break;
                }
                await pacing.BeforeNextAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (UpdateOutcomes.IsTimeoutOrCancellation(e))
        {
            throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
        }
        return await HandleAsync<TResult>(request, response, input.Options).ConfigureAwait(false);
    }

    internal async Task<WorkflowUpdateHandle<TResult>> StartWithStartAsync<TResult>(
        StartUpdateWithStartWorkflowInput input, WorkflowStarts starts)
    {
        var operation = input.Options.StartWorkflowOperation
            ?? throw new ArgumentException("StartWorkflowOperation is required in options");
        CheckStage(input.Options.WaitForStage);
        CheckOperation(operation);
        try
        {
            return await ExecuteAsync<TResult>(input, operation, starts).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            operation.SetException(e);
            throw;
        }
    }

    private async Task<WorkflowUpdateHandle<TResult>> ExecuteAsync<TResult>(
        StartUpdateWithStartWorkflowInput input, WithStartWorkflowOperation operation, WorkflowStarts starts)
    {
        var start = await starts.RequestAsync(operation.Workflow, operation.Args, operation.Options, operation.Headers).ConfigureAwait(false);
        var update = await RequestAsync(
            start.WorkflowId, null, null, input.Update, input.Args, input.Options.Id, input.Options.WaitForStage, input.Headers)
            .ConfigureAwait(false);
        StartWorkflowExecutionResponse started;
        UpdateWorkflowExecutionResponse updated;
        try
        {
            while (true)
            {
                var pacing = new WaitPacing(client, input.Options.Rpc);
                var response = await client.WorkflowService.ExecuteMultiOperationAsync(
                    new()
                    {
                        Namespace = client.Options.Namespace,
                        Operations =
                        {
                            new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = start.Clone() },
                            new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = update.Clone() },
                        },
                        ResourceId = start.WorkflowId,
                    },
                    TemporalClient.DefaultRetryOptions(input.Options.Rpc)).ConfigureAwait(false);
                started = response.Responses[0].StartWorkflow;
                updated = response.Responses[1].UpdateWorkflow;
                operation.SetHandle(client, started.RunId, started.Started ? started.RunId : null);
                if (updated.Stage >= UpdateWorkflowExecutionLifecycleStage.Accepted)
                {
                    break;
                }
                await pacing.BeforeNextAsync().ConfigureAwait(false);
            }
        }
        catch (RpcException e) when (e.SingleDetail<MultiOperationExecutionFailure>() is { } failure)
        {
            throw Inner(e, failure, operation);
        }
        catch (Exception e) when (UpdateOutcomes.IsTimeoutOrCancellation(e))
        {
            throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
        }
        return await HandleAsync<TResult>(update, updated, input.Options).ConfigureAwait(false);
    }

    private async Task<WorkflowUpdateHandle<TResult>> HandleAsync<TResult>(
        UpdateWorkflowExecutionRequest request, UpdateWorkflowExecutionResponse response, WorkflowUpdateOptions options)
    {
        var runId = response.UpdateRef?.WorkflowExecution?.RunId;
        var handle = new WorkflowUpdateHandle<TResult>(
            client,
            request.Request.Meta.UpdateId,
            request.WorkflowExecution.WorkflowId,
            string.IsNullOrEmpty(runId) ? null : runId)
        {
            KnownOutcome = response.Outcome,
        };
        if (request.WaitPolicy.LifecycleStage == UpdateWorkflowExecutionLifecycleStage.Completed)
        {
            await handle.OutcomeAsync(options.Rpc).ConfigureAwait(false);
        }
        return handle;
    }

    private async Task<UpdateWorkflowExecutionRequest> RequestAsync(
        string workflowId,
        string? runId,
        string? firstExecutionRunId,
        string update,
        IReadOnlyCollection<object?> args,
        string? updateId,
        WorkflowUpdateStage stage,
        IDictionary<string, Payload>? headers)
    {
        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, workflowId));
        return new()
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = new() { WorkflowId = workflowId, RunId = runId ?? "" },
            FirstExecutionRunId = firstExecutionRunId ?? "",
            WaitPolicy = new() { LifecycleStage = (UpdateWorkflowExecutionLifecycleStage)(int)stage },
            Request = new()
            {
                Meta = new() { UpdateId = updateId ?? Guid.NewGuid().ToString(), Identity = client.Connection.Options.Identity },
                Input = new Input
                {
                    Name = update,
                    Args = await Arguments.ToPayloadsAsync(converter, args).ConfigureAwait(false),
                    Header = Arguments.ToHeader(headers),
                },
            },
        };
    }

    // Of the two statuses the one that is to blame is neither OK nor "aborted because of the other".
    private static Exception Inner(RpcException e, MultiOperationExecutionFailure failure, WithStartWorkflowOperation operation)
    {
        var index = failure.Statuses.ToList().FindIndex(s =>
            s.Code != (int)RpcException.StatusCode.OK
            && !s.Details.Any(d => d.Is(Api.Failure.V1.MultiOperationExecutionAborted.Descriptor)));
        if (index < 0)
        {
            return e;
        }
        var status = failure.Statuses[index];
        var raw = new Google.Rpc.Status { Code = status.Code, Message = status.Message, Details = { status.Details } };
        var inner = new RpcException(
            (RpcException.StatusCode)status.Code, status.Message, Google.Protobuf.MessageExtensions.ToByteArray(raw));
        if (index == 0)
        {
            return WorkflowStarts.AlreadyStarted(inner, operation.Workflow, operation.Options.Id!) ?? (Exception)inner;
        }
        return UpdateOutcomes.IsTimeoutOrCancellation(inner) ? new WorkflowUpdateRpcTimeoutOrCanceledException(inner) : inner;
    }

    private static void CheckStage(WorkflowUpdateStage stage)
    {
        switch (stage)
        {
            case WorkflowUpdateStage.None:
                throw new ArgumentException("WaitForStage is required to start workflow update");
            case WorkflowUpdateStage.Admitted:
                throw new ArgumentException("Admitted is not an allowed wait stage to start workflow update");
        }
    }

    private static void CheckOperation(WithStartWorkflowOperation operation)
    {
        if (operation.Options.IdConflictPolicy == WorkflowIdConflictPolicy.Unspecified)
        {
            throw new ArgumentException("Workflow ID conflict policy is required in WithStartWorkflowOperation");
        }
        if (operation.Options.StartSignal is not null || operation.Options.RequestEagerStart)
        {
            throw new ArgumentException("Start signal and eager start are not allowed in WithStartWorkflowOperation");
        }
        if (!operation.TryMarkUsed())
        {
            throw new InvalidOperationException("WithStartWorkflowOperation already used");
        }
    }
}
