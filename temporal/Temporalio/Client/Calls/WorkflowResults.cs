using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client.Calls;

/// <summary>Waits for the event that closes a workflow and reads its outcome.</summary>
internal static class WorkflowResults
{
    internal static async Task<TResult> GetAsync<TResult>(WorkflowHandle handle, bool followRuns, RpcOptions? rpcOptions)
    {
        var converter = handle.Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(handle.Client.Options.Namespace, handle.Id));
        var runId = handle.ResultRunId;
        while (true)
        {
            var close = await CloseEventAsync(handle, runId, rpcOptions).ConfigureAwait(false);
            if (followRuns && NextRun(close) is { Length: > 0 } next)
            {
                runId = next;
                continue;
            }
            return await OutcomeAsync<TResult>(close, converter).ConfigureAwait(false);
        }
    }

    private static async Task<HistoryEvent> CloseEventAsync(WorkflowHandle handle, string? runId, RpcOptions? rpcOptions)
    {
        byte[]? token = null;
        while (true)
        {
            // An empty page is the server's way of saying "still running" before the call runs out of time.
            var pacing = new WaitPacing(handle.Client, rpcOptions);
            var page = await handle.Client.OutboundInterceptor.FetchWorkflowHistoryEventPageAsync(new(
                handle.Id,
                runId,
                null,
                token,
                WaitNewEvent: true,
                HistoryEventFilterType.CloseEvent,
                SkipArchival: true,
                rpcOptions)).ConfigureAwait(false);
            if (page.Events.Count > 0)
            {
                return page.Events.Last();
            }
            token = page.NextPageToken;
            await pacing.BeforeNextAsync().ConfigureAwait(false);
        }
    }

    private static string? NextRun(HistoryEvent close) => close.AttributesCase switch
    {
        HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes =>
            close.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId,
        HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes =>
            close.WorkflowExecutionFailedEventAttributes.NewExecutionRunId,
        HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes =>
            close.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId,
        HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes =>
            close.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId,
        _ => null,
    };

    private static async Task<TResult> OutcomeAsync<TResult>(HistoryEvent close, DataConverter converter)
    {
        switch (close.AttributesCase)
        {
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes:
                return await ResultAsync<TResult>(close.WorkflowExecutionCompletedEventAttributes.Result, converter).ConfigureAwait(false);
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes:
                throw new WorkflowFailedException(await converter.ToExceptionAsync(
                    close.WorkflowExecutionFailedEventAttributes.Failure).ConfigureAwait(false));
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionCanceledEventAttributes:
                throw new WorkflowFailedException(await converter.ToExceptionAsync(new Failure
                {
                    Message = "Workflow canceled",
                    CanceledFailureInfo = new() { Details = close.WorkflowExecutionCanceledEventAttributes.Details },
                }).ConfigureAwait(false));
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionTerminatedEventAttributes:
                throw new WorkflowFailedException(await TerminatedAsync(
                    close.WorkflowExecutionTerminatedEventAttributes, converter).ConfigureAwait(false));
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes:
                throw new WorkflowFailedException(await converter.ToExceptionAsync(new Failure
                {
                    Message = "Workflow timed out",
                    TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose },
                }).ConfigureAwait(false));
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes:
                throw new WorkflowContinuedAsNewException(
                    close.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId);
            default:
                throw new InvalidOperationException($"Event {close.EventType} does not close a workflow");
        }
    }

    internal static async Task<TResult> ResultAsync<TResult>(Payloads? result, DataConverter converter)
    {
        if (typeof(TResult) == typeof(ValueTuple))
        {
            return default!;
        }
        return result is null || result.Payloads_.Count == 0
            ? throw new InvalidOperationException("No result present")
            : await converter.ToSingleValueAsync<TResult>(result.Payloads_).ConfigureAwait(false);
    }

    private static async Task<Exception> TerminatedAsync(
        WorkflowExecutionTerminatedEventAttributes attributes, DataConverter converter)
    {
        InboundFailureDetails? details = null;
        if (attributes.Details is { Payloads_.Count: > 0 })
        {
            IReadOnlyCollection<Payload> payloads = attributes.Details.Payloads_;
            if (converter.PayloadCodec is { } codec)
            {
                payloads = await codec.DecodeAsync(payloads).ConfigureAwait(false);
            }
            details = new(converter.PayloadConverter, payloads);
        }
        return new TerminatedFailureException(
            new()
            {
                Message = attributes.Reason.Length == 0 ? "Workflow terminated" : attributes.Reason,
                TerminatedFailureInfo = new() { Identity = attributes.Identity },
            },
            null,
            details);
    }
}
