using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;
using ProtoExecution = Temporalio.Api.Common.V1.WorkflowExecution;

namespace Temporalio.Client.Calls;

/// <summary>Calls to workflows that exist, and listings of them.</summary>
internal sealed class WorkflowCalls(TemporalClient client)
{
    internal async Task SignalAsync(SignalWorkflowInput input) =>
        await client.WorkflowService.SignalWorkflowExecutionAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                SignalName = input.Signal,
                Input = await Arguments.ToPayloadsAsync(Converter(input.Id), input.Args).ConfigureAwait(false),
                Identity = client.Connection.Options.Identity,
                RequestId = Guid.NewGuid().ToString(),
                Header = Arguments.ToHeader(input.Headers),
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);

    internal async Task<TResult> QueryAsync<TResult>(QueryWorkflowInput input)
    {
        var converter = Converter(input.Id);
        QueryWorkflowResponse response;
        try
        {
            response = await client.WorkflowService.QueryWorkflowAsync(
                new()
                {
                    Namespace = client.Options.Namespace,
                    Execution = Execution(input.Id, input.RunId),
                    Query = new()
                    {
                        QueryType = input.Query,
                        QueryArgs = await Arguments.ToPayloadsAsync(converter, input.Args).ConfigureAwait(false),
                        Header = Arguments.ToHeader(input.Headers),
                    },
                    QueryRejectCondition = input.Options?.RejectCondition ?? client.Options.QueryRejectCondition
                        ?? QueryRejectCondition.Unspecified,
                },
                TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        }
        catch (RpcException e) when (
            e.Code == RpcException.StatusCode.InvalidArgument && e.SingleDetail<QueryFailedFailure>() is not null)
        {
            throw new WorkflowQueryFailedException(e.Message);
        }
        if (response.QueryRejected is { } rejected)
        {
            throw new WorkflowQueryRejectedException(rejected.Status);
        }
        if (response.QueryResult is null || response.QueryResult.Payloads_.Count == 0)
        {
            throw new InvalidOperationException("No result present");
        }
        return await converter.ToSingleValueAsync<TResult>(response.QueryResult.Payloads_).ConfigureAwait(false);
    }

    internal async Task<WorkflowExecutionDescription> DescribeAsync(DescribeWorkflowInput input)
    {
        var response = await client.WorkflowService.DescribeWorkflowExecutionAsync(
            new() { Namespace = client.Options.Namespace, Execution = Execution(input.Id, input.RunId) },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        return new(response, Converter(input.Id));
    }

    internal async Task CancelAsync(CancelWorkflowInput input) =>
        await client.WorkflowService.RequestCancelWorkflowExecutionAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                FirstExecutionRunId = input.FirstExecutionRunId ?? "",
                Identity = client.Connection.Options.Identity,
                RequestId = Guid.NewGuid().ToString(),
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);

    internal async Task TerminateAsync(TerminateWorkflowInput input) =>
        await client.WorkflowService.TerminateWorkflowExecutionAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                FirstExecutionRunId = input.FirstExecutionRunId ?? "",
                Reason = input.Reason ?? "",
                Details = await Arguments.ToPayloadsAsync(Converter(input.Id), input.Options?.Details).ConfigureAwait(false),
                Identity = client.Connection.Options.Identity,
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);

    internal async Task<WorkflowHistoryEventPage> FetchHistoryPageAsync(FetchWorkflowHistoryEventPageInput input)
    {
        var response = await client.WorkflowService.GetWorkflowExecutionHistoryAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                Execution = Execution(input.Id, input.RunId),
                MaximumPageSize = input.PageSize ?? 0,
                NextPageToken = input.NextPageToken is { } token ? ByteString.CopyFrom(token) : ByteString.Empty,
                WaitNewEvent = input.WaitNewEvent,
                HistoryEventFilterType = input.EventFilterType,
                SkipArchival = input.SkipArchival,
            },
            TemporalClient.DefaultRetryOptions(input.Rpc)).ConfigureAwait(false);
        return new(
            response.History?.Events ?? [],
            response.NextPageToken.IsEmpty ? null : response.NextPageToken.ToByteArray());
    }

    internal async IAsyncEnumerable<WorkflowExecution> ListAsync(ListWorkflowsInput input)
    {
        byte[]? token = null;
        var yielded = 0;
        do
        {
            var page = await ListPageAsync(input.Query, token, 0, input.Options?.Rpc).ConfigureAwait(false);
            foreach (var workflow in page.Workflows)
            {
                yield return workflow;
                if (++yielded == input.Options?.Limit)
                {
                    yield break;
                }
            }
            token = page.NextPageToken;
        }
        while (token is not null);
    }

    internal async Task<WorkflowListPage> ListPageAsync(string query, byte[]? token, int pageSize, RpcOptions? rpc)
    {
        var response = await client.WorkflowService.ListWorkflowExecutionsAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                Query = query,
                PageSize = pageSize,
                NextPageToken = token is null ? ByteString.Empty : ByteString.CopyFrom(token),
            },
            TemporalClient.DefaultRetryOptions(rpc)).ConfigureAwait(false);
        return new(
            [.. response.Executions.Select(e => new WorkflowExecution(e, client.Options.DataConverter, client.Options.Namespace))],
            response.NextPageToken.IsEmpty ? null : response.NextPageToken.ToByteArray());
    }

    internal async Task<WorkflowExecutionCount> CountAsync(CountWorkflowsInput input) => new(
        await client.WorkflowService.CountWorkflowExecutionsAsync(
            new() { Namespace = client.Options.Namespace, Query = input.Query },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false));

    private static ProtoExecution Execution(string id, string? runId) => new() { WorkflowId = id, RunId = runId ?? "" };

    private DataConverter Converter(string workflowId) => client.Options.DataConverter.WithSerializationContext(
        new ISerializationContext.Workflow(client.Options.Namespace, workflowId));
}
