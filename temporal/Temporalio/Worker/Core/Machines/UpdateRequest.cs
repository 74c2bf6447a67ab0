using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;

namespace Temporalio.Worker.Core.Machines;

/// <summary>An update's request as a message brought it, or as history proves that a message must have brought it.</summary>
internal sealed record UpdateRequest(string MessageId, string InstanceId, long SequencingEventId, Request Request)
{
    public static UpdateRequest FromMessage(Message message)
    {
        if (message.Body is null || !message.Body.TryUnpack<Request>(out var request))
        {
            throw new FatalRunException($"Protocol message {message.Id} is not an update request");
        }

        if (request.Input is null || request.Meta is null)
        {
            throw new FatalRunException($"Update request {message.Id} has no input or no meta");
        }

        if (message.SequencingIdCase is not Message.SequencingIdOneofCase.EventId)
        {
            throw new FatalRunException("Update request messages must contain an event sequencing id");
        }

        return new(message.Id, message.ProtocolInstanceId, message.EventId, request);
    }

    public static UpdateRequest FromAdmitted(HistoryEvent historyEvent)
    {
        var request = historyEvent.WorkflowExecutionUpdateAdmittedEventAttributes.Request
            ?? throw new FatalRunException($"Update admitted event must contain request: {EventText.Of(historyEvent)}");
        var id = request.Meta.UpdateId;
        return new($"{id}/request", id, historyEvent.EventId, request);
    }

    public static UpdateRequest FromAccepted(HistoryEvent historyEvent)
    {
        var attributes = historyEvent.WorkflowExecutionUpdateAcceptedEventAttributes;
        return new(
            attributes.AcceptedRequestMessageId,
            attributes.ProtocolInstanceId,
            attributes.AcceptedRequestSequencingEventId,
            attributes.AcceptedRequest ?? throw new FatalRunException($"Update accepted event must contain accepted request: {EventText.Of(historyEvent)}"));
    }
}
