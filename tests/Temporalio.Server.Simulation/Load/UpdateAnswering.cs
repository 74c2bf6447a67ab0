using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Message = Temporalio.Api.Protocol.V1.Message;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Workflow code's answer to updates: accepted and done at once, or refused, as the update's name says.</summary>
internal static class UpdateAnswering
{
    public const string Refused = "refused";

    /// <summary>Adds the answers to the task's messages. The commands that place them come before the others.</summary>
    public static void Answer(PollWorkflowTaskQueueResponse task, RespondWorkflowTaskCompletedRequest response)
    {
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

            Place(response, new Message
            {
                Id = message.ProtocolInstanceId + "/accept",
                ProtocolInstanceId = message.ProtocolInstanceId,
                Body = Any.Pack(new Acceptance { AcceptedRequest = request, AcceptedRequestMessageId = message.Id, AcceptedRequestSequencingEventId = message.EventId }),
            });
            Place(response, new Message
            {
                Id = message.ProtocolInstanceId + "/complete",
                ProtocolInstanceId = message.ProtocolInstanceId,
                Body = Any.Pack(new Response { Meta = request.Meta, Outcome = new() { Success = Outcome(message.ProtocolInstanceId) } }),
            });
        }
    }

    public static Api.Common.V1.Payloads Outcome(string updateId) => ScriptedWorkflow.Text($"outcome of {updateId}");

    private static void Place(RespondWorkflowTaskCompletedRequest response, Message message)
    {
        response.Messages.Add(message);
        response.Commands.Add(new Command { CommandType = CommandType.ProtocolMessage, ProtocolMessageCommandAttributes = new() { MessageId = message.Id } });
    }
}
