using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Message = Temporalio.Api.Protocol.V1.Message;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Workflow code's answer to updates: accepted and done at once, or refused, as the update's name says.</summary>
internal static class UpdateAnswering
{
    public const string Refused = "refused";

    /// <summary>Adds the answers to the task's messages. The commands that place them come before the others.</summary>
    public static void Answer(PollWorkflowTaskQueueResponse task, IReadOnlyList<HistoryEvent> history, RespondWorkflowTaskCompletedRequest response)
    {
        // What a reset took over stands in the history, without a message.
        var accepted = history.Select(e => e.WorkflowExecutionUpdateAcceptedEventAttributes?.ProtocolInstanceId).ToHashSet();
        foreach (var admitted in history.Where(e => e.WorkflowExecutionUpdateAdmittedEventAttributes is { } a && !accepted.Contains(a.Request.Meta.UpdateId)))
        {
            var request = admitted.WorkflowExecutionUpdateAdmittedEventAttributes.Request;
            AcceptAndComplete(response, request.Meta.UpdateId, request, $"{request.Meta.UpdateId}/request", admitted.EventId);
        }

        foreach (var message in task.Messages)
        {
            var request = message.Body.Unpack<Request>();
            if (request.Input.Name == Refused)
            {
                response.Messages.Add(new Message
                {
                    Id = message.ProtocolInstanceId + "/reject",
                    ProtocolInstanceId = message.ProtocolInstanceId,
                    Body = Any.Pack(new Rejection
                    {
                        RejectedRequest = request,
                        RejectedRequestMessageId = message.Id,
                        RejectedRequestSequencingEventId = message.EventId,
                        Failure = new() { Message = "The validator refuses.", ApplicationFailureInfo = new() { Type = Refused } },
                    }),
                });
                continue;
            }

            AcceptAndComplete(response, message.ProtocolInstanceId, request, message.Id, message.EventId);
        }
    }

    private static void AcceptAndComplete(RespondWorkflowTaskCompletedRequest response, string updateId, Request request, string messageId, long sequencingEventId)
    {
        Place(response, new Message
        {
            Id = updateId + "/accept",
            ProtocolInstanceId = updateId,
            Body = Any.Pack(new Acceptance { AcceptedRequest = request, AcceptedRequestMessageId = messageId, AcceptedRequestSequencingEventId = sequencingEventId }),
        });
        Place(response, new Message
        {
            Id = updateId + "/complete",
            ProtocolInstanceId = updateId,
            Body = Any.Pack(new Response { Meta = request.Meta, Outcome = new() { Success = Outcome(updateId) } }),
        });
    }

    public static Api.Common.V1.Payloads Outcome(string updateId) => ScriptedWorkflow.Text($"outcome of {updateId}");

    private static void Place(RespondWorkflowTaskCompletedRequest response, Message message)
    {
        response.Messages.Add(message);
        response.Commands.Add(new Command { CommandType = CommandType.ProtocolMessage, ProtocolMessageCommandAttributes = new() { MessageId = message.Id } });
    }
}
