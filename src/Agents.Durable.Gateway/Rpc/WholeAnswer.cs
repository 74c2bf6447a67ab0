using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Gateway.Acp;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>An answer that is wanted as a whole: messages count when they were sent full or done, and nothing changes them after that.</summary>
internal sealed class WholeAnswer
{
    private readonly Dictionary<int, AnswerParts> _open = [];
    private readonly HashSet<int> _finished = [];
    // In the order in which they were finished.
    private readonly List<MessageContent> _contents = [];

    /// <exception cref="AcpException">The update does not fit those before it.</exception>
    public void Take(TaskMessageUpdate update)
    {
        var index = update.Index ?? throw new AcpException(AcpFailure.Refused, "Task message index is required");
        if (_finished.Contains(index))
        {
            return;
        }

        switch (update)
        {
            case MessageDeltaUpdate { Delta: { } delta }:
                PartsOf(index).Add(delta);
                break;
            case MessageFull full:
                Finish(index, full.Content);
                break;
            case MessageDone:
                Finish(index, PartsOf(index).Content());
                break;
        }
    }

    public IReadOnlyList<MessageContent> Contents() => _contents;

    private void Finish(int index, MessageContent content)
    {
        _finished.Add(index);
        _contents.Add(content);
    }

    private AnswerParts PartsOf(int index)
    {
        if (!_open.TryGetValue(index, out var parts))
        {
            _open[index] = parts = new AnswerParts();
        }

        return parts;
    }
}
