using System.Text;
using System.Threading.Channels;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// What a model says while it says it: shown to viewers and stored in pieces, the first one at once, then as many as the pause between two pieces brings.
/// One attempt of one call; a later attempt writes the same messages anew.
/// </summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    // Unbounded: it holds no more than the one answer, which is collected anyway.
    private readonly Channel<Piece> _pieces = Channel.CreateUnbounded<Piece>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly RunStore _store;
    private readonly TaskStream _stream;
    private readonly TimeProvider _time;
    private readonly CallContext _call;
    private readonly string _callId;
    private readonly TimeSpan _interval;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly Dictionary<PieceKind, TaskMessage> _started = [];
    private readonly Task _pump;

    public StreamedAnswer(RunStore store, TaskStream stream, TimeProvider time, CallContext call, string callId, TimeSpan interval)
    {
        (_store, _stream, _time, _call, _callId, _interval) = (store, stream, time, call, callId, interval);
        _pump = PumpAsync();
    }

    public string Text => _text.ToString();

    public string Reasoning => _reasoning.ToString();

    /// <summary>Takes a piece; shown soon.</summary>
    public void Add(PieceKind kind, string text)
    {
        if (text.Length > 0)
        {
            (kind == PieceKind.Text ? _text : _reasoning).Append(text);
            _pieces.Writer.TryWrite(new Piece(kind, text));
        }
    }

    /// <summary>Waits until all pieces are stored.</summary>
    public async Task FlushAsync()
    {
        _pieces.Writer.TryComplete();
        await _ending.CancelAsync();
        await _pump;
    }

    /// <summary>The messages with all that was said.</summary>
    public IReadOnlyList<VisibleMessage> Messages(StreamingStatus status)
    {
        var messages = new List<VisibleMessage>();
        if (_reasoning.Length > 0)
        {
            messages.Add(Answers.Reasoning(_call.TaskId, _callId, PartOf(PieceKind.Reasoning), Reasoning, status));
        }

        if (_text.Length > 0)
        {
            messages.Add(Answers.Text(_call.TaskId, _callId, PartOf(PieceKind.Text), Text, status));
        }

        return messages;
    }

    /// <summary>Ids of the messages that an attempt of this call may have begun.</summary>
    public IReadOnlyList<string> PossibleIds => [.. Enum.GetValues<PieceKind>().Select(kind => VisibleMessage.IdOf(_call.TaskId, _callId, PartOf(kind)))];

    /// <summary>Closes what was said so far, because nothing more will come.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await FlushAsync();
        var messages = Messages(StreamingStatus.Done);
        var stored = await _store.InTransactionAsync(
            connection => VisibleMessages.PutAsync(connection, _call.TaskId, messages, _time.GetUtcNow(), cancellationToken), cancellationToken);
        if (stored.Count > 0)
        {
            await _stream.AppendAsync(_call.TaskId, [.. stored.Select(message => StreamItems.Done(message, _callId, _call.Attempt))], cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _pieces.Writer.TryComplete();
        await _ending.CancelAsync();
        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task PumpAsync()
    {
        while (await _pieces.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<Piece>();
            while (_pieces.Reader.TryRead(out var piece))
            {
                batch.Add(piece);
            }

            var items = new List<StreamItem>();
            var starting = new List<Task<bool>>();
            foreach (var (kind, text) in Joined(batch))
            {
                if (!_started.TryGetValue(kind, out var message))
                {
                    (message, var stored) = await StartAsync(kind);
                    _started[kind] = message;
                    starting.Add(stored);
                    items.Add(StreamItems.Start(message, _callId, _call.Attempt));
                }

                MessageDelta delta = kind == PieceKind.Text ? new TextDelta(text) : new ReasoningContentDelta(0, text);
                items.Add(StreamItems.Delta(message, delta, _callId, _call.Attempt));
            }

            var shown = _stream.AppendAsync(_call.TaskId, items, CancellationToken.None).AsTask();
            await Task.WhenAll([shown, .. starting]);
            if (starting.Exists(stored => !stored.Result))
            {
                // The task is gone.
                return;
            }

            FailPoints.Pass(FailPoints.ModelDuringStream);
            if (!_ending.IsCancellationRequested)
            {
                await Task.Delay(_interval, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // The first attempt knows what will be stored and need not wait for it: the first words are shown and the message is stored at the same time. Should only one
    // of the two come about, the next attempt makes up for it.
    private async Task<(TaskMessage Message, Task<bool> Stored)> StartAsync(PieceKind kind)
    {
        var empty = kind == PieceKind.Text
            ? Answers.Text(_call.TaskId, _callId, PartOf(kind), "", StreamingStatus.InProgress)
            : Answers.Reasoning(_call.TaskId, _callId, PartOf(kind), "", StreamingStatus.InProgress);
        var now = _time.GetUtcNow();
        var message = VisibleMessages.New(_call.TaskId, empty, now);
        var storing = StoreAsync(empty, now);
        return _call.Attempt == 1 ? (message, IsThereAsync(storing)) : (await storing ?? message, IsThereAsync(storing));
    }

    private static async Task<bool> IsThereAsync(Task<TaskMessage?> storing) => await storing is not null;

    private async Task<TaskMessage?> StoreAsync(VisibleMessage message, DateTimeOffset now)
    {
        await using var connection = await _store.Database.OpenConnectionAsync(CancellationToken.None);
        var stored = await VisibleMessages.PutAsync(connection, _call.TaskId, [message], now, CancellationToken.None);
        return stored.Count > 0 ? stored[0] : null;
    }

    private static IEnumerable<Piece> Joined(List<Piece> batch)
    {
        for (var i = 0; i < batch.Count;)
        {
            var kind = batch[i].Kind;
            var text = new StringBuilder();
            for (; i < batch.Count && batch[i].Kind == kind; i++)
            {
                text.Append(batch[i].Text);
            }

            yield return new Piece(kind, text.ToString());
        }
    }

    private static string PartOf(PieceKind kind) => kind == PieceKind.Text ? "text" : "reasoning";

    private readonly record struct Piece(PieceKind Kind, string Text);
}

internal enum PieceKind
{
    Text,
    Reasoning,
}
