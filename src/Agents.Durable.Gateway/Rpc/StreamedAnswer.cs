using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Messages;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>An answer that is watched while it is written: each message is stored when it starts and again when it is done, and every update carries it.</summary>
internal sealed class StreamedAnswer(MessageStore messages, string taskId) : IDisposable
{
    // Updates without an index are one message of their own.
    private const int NoIndex = int.MinValue;

    private readonly Dictionary<int, OpenMessage> _open = [];
    private readonly List<string> _begun = [];
    private readonly List<int?> _lonelyDone = [];

    /// <summary>Whether the update needs nothing to be stored before viewers get it.</summary>
    public bool OnlyShows(TaskMessageUpdate update) => update is MessageDeltaUpdate && _open.ContainsKey(update.Index ?? NoIndex);

    /// <summary>What the viewers get for one update of the agent: it alone, or with the start that the agent left out.</summary>
    /// <exception cref="AcpException">The update does not fit those before it.</exception>
    public async Task<IReadOnlyList<TaskMessageUpdate>> TakeAsync(TaskMessageUpdate update, CancellationToken cancellationToken)
    {
        var index = update.Index ?? NoIndex;
        switch (update)
        {
            case MessageStart start:
                return [start with { ParentTaskMessage = await OpenAsync(index, start.Content, new AnswerParts(start.Content), cancellationToken) }];
            case MessageDeltaUpdate { Delta: { } delta } piece:
                return await TakeAsync(piece, delta, index, cancellationToken);
            case MessageFull full when _open.Remove(index, out var known):
                return [full with { ParentTaskMessage = await messages.FinishAsync(taskId, known.Stored.Id!, full.Content, cancellationToken) }];
            case MessageFull full:
                return [full with { ParentTaskMessage = await messages.AddAsync(taskId, full.Content, null, cancellationToken) }];
            case MessageDone done when _open.Remove(index, out var known):
                return [done with { ParentTaskMessage = await CloseAsync(known, cancellationToken) }];
            case MessageDone done:
                _lonelyDone.Add(done.Index);
                return [done];
            default:
                return [update with { ParentTaskMessage = _open.TryGetValue(index, out var open) ? open.Stored : null }];
        }
    }

    /// <summary>Stores what was never said to be done.</summary>
    /// <exception cref="GatewayException">Something was said to be done that had never begun: the recorded text is the index.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var message in _open.Values)
        {
            await CloseAsync(message, cancellationToken);
        }

        if (_lonelyDone.Count > 0)
        {
            throw GatewayException.BadRequest(_lonelyDone[0]?.ToString() ?? "None");
        }
    }

    /// <summary>The agent failed: what it began stays as it was when it began.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) =>
        _open.Count == 0 ? Task.CompletedTask : messages.LeaveAsync([.. _open.Values.Select(message => message.Stored.Id!)], cancellationToken);

    /// <summary>What was begun and is not finished by then is closed as it is.</summary>
    public void Dispose() => messages.Abandon(_begun);

    private async Task<IReadOnlyList<TaskMessageUpdate>> TakeAsync(MessageDeltaUpdate piece, MessageDelta delta, int index, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(index, out var known))
        {
            known.Parts.Add(delta);
            return [piece with { ParentTaskMessage = known.Stored }];
        }

        var parts = new AnswerParts(null);
        parts.Add(delta);
        var content = AnswerParts.StartOf(delta);
        var stored = await OpenAsync(index, content, parts, cancellationToken);
        return [new MessageStart { Index = piece.Index, ParentTaskMessage = stored, Content = content }, piece with { ParentTaskMessage = stored }];
    }

    private async Task<TaskMessage> OpenAsync(int index, MessageContent content, AnswerParts parts, CancellationToken cancellationToken)
    {
        var stored = await messages.BeginAsync(taskId, content, cancellationToken);
        _begun.Add(stored.Id!);
        _open[index] = new OpenMessage(stored, parts);
        return stored;
    }

    private Task<TaskMessage> CloseAsync(OpenMessage message, CancellationToken cancellationToken) =>
        messages.FinishAsync(taskId, message.Stored.Id!, message.Parts.Content(), cancellationToken);

    private sealed record OpenMessage(TaskMessage Stored, AnswerParts Parts);
}
