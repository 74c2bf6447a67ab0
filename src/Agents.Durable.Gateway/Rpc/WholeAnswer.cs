using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Gateway.Acp;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>An answer that is wanted as a whole: messages count when they were sent full or done.</summary>
internal sealed class WholeAnswer
{
    private readonly Dictionary<int, AnswerParts> _open = [];
    // In the order in which they were finished.
    private readonly List<(int Index, MessageContent Content)> _finished = [];

    /// <exception cref="AcpException">The update does not fit those before it.</exception>
    public void Take(TaskMessageUpdate update)
    {
        var index = update.Index ?? throw new AcpException(AcpFailure.Refused, "Task message index is required");
        switch (update)
        {
            case MessageStart start:
                _open[index] = new AnswerParts(start.Content);
                break;
            case MessageDeltaUpdate { Delta: { } delta }:
                PartsOf(index).Add(delta);
                break;
            case MessageFull full:
                _open.Remove(index);
                Finish(index, full.Content);
                break;
            case MessageDone when !_finished.Exists(message => message.Index == index) || _open.ContainsKey(index):
                Finish(index, PartsOf(index).Content());
                _open.Remove(index);
                break;
        }
    }

    public IReadOnlyList<MessageContent> Contents() => [.. _finished.Select(message => message.Content)];

    private void Finish(int index, MessageContent content)
    {
        var known = _finished.FindIndex(message => message.Index == index);
        if (known < 0)
        {
            _finished.Add((index, content));
        }
        else
        {
            _finished[known] = (index, content);
        }
    }

    private AnswerParts PartsOf(int index)
    {
        if (!_open.TryGetValue(index, out var parts))
        {
            _open[index] = parts = new AnswerParts(null);
        }

        return parts;
    }
}
