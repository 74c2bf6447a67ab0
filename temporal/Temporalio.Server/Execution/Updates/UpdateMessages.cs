using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Server.Commands;

namespace Temporalio.Server.Execution.Updates;

/// <summary>The messages of a worker's answer that no command has placed yet.</summary>
internal sealed class MessageBag(IReadOnlyList<Message> messages)
{
    private readonly bool[] _taken = new bool[messages.Count];

    public Message? Take(string id)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (!_taken[i] && messages[i].Id == id)
            {
                _taken[i] = true;
                return messages[i];
            }
        }

        return null;
    }

    public IEnumerable<Message> TakeRest()
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (!_taken[i])
            {
                _taken[i] = true;
                yield return messages[i];
            }
        }
    }
}

/// <summary>Checks the messages of an answer against the updates, in the order in which they take effect.</summary>
internal sealed class UpdateCheck(Run run, IReadOnlyList<Message> messages)
{
    private readonly MessageBag _messages = new(messages);
    private Dictionary<string, UpdateStatus?>? _changed;

    public Message? Take(string id) => _messages.Take(id);

    /// <summary>Checks the messages that no command has placed.</summary>
    public CommandRefusal? CheckRest()
    {
        foreach (var message in _messages.TakeRest())
        {
            if (Check(message) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    public CommandRefusal? Check(Message message)
    {
        var id = message.ProtocolInstanceId;
        var status = _changed?.TryGetValue(id, out var changed) == true ? changed : run.Updates.Find(id)?.Status;
        UpdateStatus? next;
        bool legal;
        switch (UpdateMessages.KindOf(message))
        {
            case UpdateMessageKind.Acceptance:
                next = UpdateStatus.Accepted;
                legal = status is null ? message.Body.Unpack<Acceptance>().AcceptedRequest is not null : status is UpdateStatus.Admitted or UpdateStatus.Sent;
                break;
            case UpdateMessageKind.Response:
                next = UpdateStatus.Completed;
                legal = status == UpdateStatus.Accepted;
                break;
            case UpdateMessageKind.Rejection:
                next = null;
                legal = status is null or UpdateStatus.Admitted or UpdateStatus.Sent;
                break;
            default:
                return Refuse($"unknown message type {message.Body?.TypeUrl}");
        }

        if (!legal)
        {
            return Refuse(status is null
                ? $"update {id} not found"
                : $"invalid state transition attempted for Update {id}: received *update.{UpdateMessages.KindOf(message)} message while in state {status}");
        }

        (_changed ??= [])[id] = next;
        return null;
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, message);
}

internal enum UpdateMessageKind
{
    Unknown,
    Acceptance,
    Response,
    Rejection,
}

/// <summary>What a worker says about updates.</summary>
internal static class UpdateMessages
{
    public static UpdateMessageKind KindOf(Message message)
    {
        var body = message.Body;
        return body is null ? UpdateMessageKind.Unknown
            : body.Is(Acceptance.Descriptor) ? UpdateMessageKind.Acceptance
            : body.Is(Response.Descriptor) ? UpdateMessageKind.Response
            : body.Is(Rejection.Descriptor) ? UpdateMessageKind.Rejection
            : UpdateMessageKind.Unknown;
    }

    /// <summary>Makes a checked message happen.</summary>
    public static void Apply(RunStep step, Message message)
    {
        switch (KindOf(message))
        {
            case UpdateMessageKind.Acceptance:
                Accept(step, message.ProtocolInstanceId, message.Body.Unpack<Acceptance>());
                break;
            case UpdateMessageKind.Response:
                Complete(step, message.ProtocolInstanceId, message.Body.Unpack<Response>());
                break;
            case UpdateMessageKind.Rejection:
                Reject(step, message.ProtocolInstanceId, message.Body.Unpack<Rejection>());
                break;
        }
    }

    public static void Reject(RunStep step, string updateId, Rejection rejection)
    {
        if (step.Run.Updates.Find(updateId) is { } update)
        {
            step.Run.Updates.Remove(update);
            UpdateWaiters.Answer(step, update, new Outcome { Failure = rejection.Failure });
        }
    }

    private static void Accept(RunStep step, string updateId, Acceptance acceptance)
    {
        var update = step.Run.Updates.Find(updateId);
        if (update is null)
        {
            // Lost with the memory of this server, but the worker still has it.
            step.Run.Updates.Add(update = new UpdateEntry { UpdateId = updateId, Request = acceptance.AcceptedRequest });
        }

        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionUpdateAccepted,
            WorkflowExecutionUpdateAcceptedEventAttributes = new()
            {
                ProtocolInstanceId = updateId,
                AcceptedRequestMessageId = acceptance.AcceptedRequestMessageId,
                AcceptedRequestSequencingEventId = acceptance.AcceptedRequestSequencingEventId,
                // Where an event admitted the update, history has the request already.
                AcceptedRequest = update.AdmittedByEvent ? null : acceptance.AcceptedRequest ?? update.Request,
            },
        });
        update.Fire(UpdateTrigger.Accept);
        update.AcceptedEventId = e.EventId;
        update.Request = null;
    }

    private static void Complete(RunStep step, string updateId, Response response)
    {
        var update = step.Run.Updates.Find(updateId)!;
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionUpdateCompleted,
            WorkflowExecutionUpdateCompletedEventAttributes = new() { Meta = response.Meta, AcceptedEventId = update.AcceptedEventId, Outcome = response.Outcome },
        });
        update.Fire(UpdateTrigger.Complete);
        update.CompletedEventId = e.EventId;
        update.Outcome = response.Outcome;
    }
}
