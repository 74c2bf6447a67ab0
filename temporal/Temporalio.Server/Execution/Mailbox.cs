using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Server.Execution;

/// <summary>Messages to one actor in the order of their arrival. Assumes the actor's lock.</summary>
internal sealed class Mailbox
{
    private readonly Queue<ActorMessage> _messages = new();

    public int Count => _messages.Count;

    public void Add(ActorMessage message) => _messages.Enqueue(message);

    public bool TryPeek([NotNullWhen(true)] out ActorMessage? message) => _messages.TryPeek(out message);

    public ActorMessage Take() => _messages.Dequeue();

    /// <summary>Takes out what needs a run that cannot be read. Without the current run nothing can go on; without another one, only what is meant for it.</summary>
    public List<ActorMessage> TakeFor(string runId)
    {
        List<ActorMessage> taken = [];
        for (var i = _messages.Count; i > 0; i--)
        {
            var message = _messages.Dequeue();
            if (runId.Length == 0 || message.RunId == runId)
            {
                taken.Add(message);
            }
            else
            {
                _messages.Enqueue(message);
            }
        }

        return taken;
    }
}
