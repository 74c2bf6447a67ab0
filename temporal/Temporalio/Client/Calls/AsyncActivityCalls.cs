using Google.Protobuf;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client.Calls;

/// <summary>Answers for activities from outside of their methods, by token or by ids.</summary>
internal sealed class AsyncActivityCalls(TemporalClient client)
{
    private string Identity => client.Connection.Options.Identity!;

    private string Namespace => client.Options.Namespace;

    internal async Task HeartbeatAsync(HeartbeatAsyncActivityInput input)
    {
        var details = await Arguments.ToPayloadsAsync(Converter(input.DataConverterOverride), input.Options?.Details).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        bool cancelRequested;
        if (input.Activity is AsyncActivityHandle.IdReference id)
        {
            var response = await client.WorkflowService.RecordActivityTaskHeartbeatByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    WorkflowId = id.WorkflowId,
                    RunId = id.RunId ?? "",
                    ActivityId = id.ActivityId,
                    Details = details,
                    Identity = Identity,
                },
                rpc).ConfigureAwait(false);
            cancelRequested = response.CancelRequested;
        }
        else
        {
            var response = await client.WorkflowService.RecordActivityTaskHeartbeatAsync(
                new() { Namespace = Namespace, TaskToken = Token(input.Activity), Details = details, Identity = Identity },
                rpc).ConfigureAwait(false);
            cancelRequested = response.CancelRequested;
        }
        if (cancelRequested)
        {
            throw new AsyncActivityCanceledException();
        }
    }

    internal async Task CompleteAsync(CompleteAsyncActivityInput input)
    {
        var result = await Arguments.ToPayloadsAsync(Converter(input.DataConverterOverride), [input.Result]).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        if (input.Activity is AsyncActivityHandle.IdReference id)
        {
            await client.WorkflowService.RespondActivityTaskCompletedByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    WorkflowId = id.WorkflowId,
                    RunId = id.RunId ?? "",
                    ActivityId = id.ActivityId,
                    Result = result,
                    Identity = Identity,
                },
                rpc).ConfigureAwait(false);
            return;
        }
        await client.WorkflowService.RespondActivityTaskCompletedAsync(
            new() { Namespace = Namespace, TaskToken = Token(input.Activity), Result = result, Identity = Identity },
            rpc).ConfigureAwait(false);
    }

    internal async Task FailAsync(FailAsyncActivityInput input)
    {
        var converter = Converter(input.DataConverterOverride);
        var failure = await converter.ToFailureAsync(input.Exception).ConfigureAwait(false);
        var details = await Arguments.ToPayloadsAsync(converter, input.Options?.LastHeartbeatDetails).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        if (input.Activity is AsyncActivityHandle.IdReference id)
        {
            await client.WorkflowService.RespondActivityTaskFailedByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    WorkflowId = id.WorkflowId,
                    RunId = id.RunId ?? "",
                    ActivityId = id.ActivityId,
                    Failure = failure,
                    LastHeartbeatDetails = details,
                    Identity = Identity,
                },
                rpc).ConfigureAwait(false);
            return;
        }
        await client.WorkflowService.RespondActivityTaskFailedAsync(
            new()
            {
                Namespace = Namespace,
                TaskToken = Token(input.Activity),
                Failure = failure,
                LastHeartbeatDetails = details,
                Identity = Identity,
            },
            rpc).ConfigureAwait(false);
    }

    internal async Task ReportCancellationAsync(ReportCancellationAsyncActivityInput input)
    {
        var details = await Arguments.ToPayloadsAsync(Converter(input.DataConverterOverride), input.Options?.Details).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        if (input.Activity is AsyncActivityHandle.IdReference id)
        {
            await client.WorkflowService.RespondActivityTaskCanceledByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    WorkflowId = id.WorkflowId,
                    RunId = id.RunId ?? "",
                    ActivityId = id.ActivityId,
                    Details = details,
                    Identity = Identity,
                },
                rpc).ConfigureAwait(false);
            return;
        }
        await client.WorkflowService.RespondActivityTaskCanceledAsync(
            new() { Namespace = Namespace, TaskToken = Token(input.Activity), Details = details, Identity = Identity },
            rpc).ConfigureAwait(false);
    }

    private static ByteString Token(AsyncActivityHandle.Reference activity) =>
        ByteString.CopyFrom(((AsyncActivityHandle.TaskTokenReference)activity).TaskToken);

    private DataConverter Converter(DataConverter? own) => own ?? client.Options.DataConverter;
}
