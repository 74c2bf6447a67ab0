using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Messages;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>
/// An answer that is watched while it is written: each message is stored when it starts and again when it is done, and every update carries it. What comes
/// for a message after it was sent full or done is of no account.
/// </summary>
internal sealed class StreamedAnswer(MessageStore messages, string taskId) : IAsyncDisposable
{
    // Updates without an index are one message of their own.
    private const int NoIndex = int.MinValue;

    private readonly SortedDictionary<int, OpenMessage> _open = [];
    private readonly HashSet<int> _finished = [];
    private readonly List<string> _begun = [];
    private readonly List<int?> _lonelyDone = [];
    private Task _storing = Task.CompletedTask;

    /// <summary>Whether the update needs nothing to be stored before viewers get it.</summary>
    public bool OnlyShows(TaskMessageUpdate update) => update is MessageDeltaUpdate && _open.ContainsKey(update.Index ?? NoIndex);

    /// <summary>What the viewers get for one update of the agent: it alone, it with the start that the agent left out, or nothing.</summary>
    /// <remarks>A beginning without a word may be shown to whoever asked while it is being stored, because nothing can be lost of it: <see cref="StoredAsync"/>.</remarks>
    /// <exception cref="AcpException">The update does not fit those before it.</exception>
    public async Task<IReadOnlyList<TaskMessageUpdate>> TakeAsync(TaskMessageUpdate update, CancellationToken cancellationToken)
    {
        var index = update.Index ?? NoIndex;
        if (_finished.Contains(index))
        {
            return [];
        }

        switch (update)
        {
            case MessageStart start:
                var opened = Open(index, start.Content, cancellationToken);
                if (start.Content is not TextContent { Content: "", Attachments: not { Count: > 0 } })
                {
                    await StoredAsync();
                }

                return [start with { ParentTaskMessage = opened.Stored }];
            case MessageDeltaUpdate { Delta: { } delta } piece:
                return await TakeAsync(piece, delta, index, cancellationToken);
            case MessageFull full:
                _finished.Add(index);
                return [full with { ParentTaskMessage = await FillAsync(index, full.Content, cancellationToken) }];
            case MessageDone done:
                _finished.Add(index);
                return [done with { ParentTaskMessage = await CloseAsync(done, index, cancellationToken) }];
            case MessageDeltaUpdate when !_open.ContainsKey(index):
                AnswerParts.StartOf(null);
                return [];
            default:
                return [update with { ParentTaskMessage = _open.TryGetValue(index, out var open) ? open.Stored : null }];
        }
    }

    /// <summary>What was taken is in the messages.</summary>
    public Task StoredAsync() => _storing;

    /// <summary>Stores what was never said to be done, after viewers were told all that was taken.</summary>
    /// <exception cref="GatewayException">Something was said to be done that had never begun: the recorded text is the index.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var message in _open.Values)
        {
            await CloseAsync(message, cancellationToken);
        }

        await LeaveAsync(cancellationToken);
        if (_lonelyDone.Count > 0)
        {
            throw GatewayException.BadRequest(_lonelyDone[0]?.ToString() ?? "None");
        }
    }

    /// <summary>The agent failed: what it began and did not finish stays as it was when it began.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) => _begun.Count == 0 ? Task.CompletedTask : messages.LeaveAsync(_begun, cancellationToken);

    /// <summary>What was begun and is not finished by then is closed as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        messages.Abandon(_begun);
    }

    private async Task<IReadOnlyList<TaskMessageUpdate>> TakeAsync(MessageDeltaUpdate piece, MessageDelta delta, int index, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(index, out var known))
        {
            known.Parts.Add(delta);
            return [piece with { ParentTaskMessage = known.Stored }];
        }

        var content = AnswerParts.StartOf(delta);
        var begun = Open(index, content, cancellationToken);
        await StoredAsync();
        begun.Parts.Add(delta);
        return [new MessageStart { Index = piece.Index, ParentTaskMessage = begun.Stored, Content = content }, piece with { ParentTaskMessage = begun.Stored }];
    }

    // A message starts once: what starts it again is shown, and no more.
    private OpenMessage Open(int index, MessageContent content, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(index, out var message))
        {
            _open[index] = message = new OpenMessage(Begin(content, cancellationToken), new AnswerParts());
        }

        return message;
    }

    private TaskMessage Begin(MessageContent content, CancellationToken cancellationToken)
    {
        (var message, _storing) = messages.Begin(taskId, content, cancellationToken);
        _begun.Add(message.Id!);
        return message;
    }

    // One that had begun is shown as it began, as recorded; its content is in the update itself.
    private async Task<TaskMessage> FillAsync(int index, MessageContent content, CancellationToken cancellationToken)
    {
        if (!_open.Remove(index, out var known))
        {
            var whole = Begin(content, cancellationToken);
            await StoredAsync();
            KillPoints.Pass("answer.after_stored");
            return whole;
        }

        await messages.FinishAsync(taskId, known.Stored.Id!, content, cancellationToken);
        KillPoints.Pass("answer.after_stored");
        return known.Stored;
    }

    private async Task<TaskMessage?> CloseAsync(MessageDone done, int index, CancellationToken cancellationToken)
    {
        if (_open.Remove(index, out var known))
        {
            var closed = await CloseAsync(known, cancellationToken);
            KillPoints.Pass("answer.after_stored");
            return closed;
        }

        _lonelyDone.Add(done.Index);
        return null;
    }

    // What never got a piece stays as it began.
    private async Task<TaskMessage> CloseAsync(OpenMessage message, CancellationToken cancellationToken) =>
        message.Parts.IsEmpty ? message.Stored : await messages.FinishAsync(taskId, message.Stored.Id!, message.Parts.Content(), cancellationToken);

    private sealed record OpenMessage(TaskMessage Stored, AnswerParts Parts);
}
