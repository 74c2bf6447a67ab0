using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Protocol.V1;

namespace Temporalio.Server.Execution.Updates;

/// <summary>Update requests on their way to the worker.</summary>
internal static class UpdateDelivery
{
    /// <summary>The requests that go with the task that is being started.</summary>
    public static IReadOnlyList<Message> Take(RunStep step)
    {
        List<Message>? messages = null;
        foreach (var update in step.Run.Updates.All)
        {
            if (update.Status == UpdateStatus.Admitted && update.Request is not null)
            {
                update.Fire(UpdateTrigger.Send);
                (messages ??= []).Add(new Message
                {
                    Id = update.UpdateId + "/request",
                    ProtocolInstanceId = update.UpdateId,
                    EventId = step.Run.Task.StartedEventId - 1,
                    Body = Any.Pack(update.Request),
                });
            }
        }

        return messages ?? [];
    }
}
