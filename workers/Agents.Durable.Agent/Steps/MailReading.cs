using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Mailbox;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>What mail means to a run. A request to stop ends the reading: what comes after it is read after it was heeded.</summary>
internal sealed class MailReading
{
    private readonly List<TranscriptEntry> _entries = [];
    private readonly List<VisibleMail> _visible = [];
    private readonly List<SaidByMail> _said = [];
    private readonly List<(string? CallId, Decision Decision)> _decisions = [];

    /// <param name="mail">What there is, in order.</param>
    /// <param name="head">Length of the transcript.</param>
    /// <param name="room">Most pieces to read.</param>
    /// <param name="longest">Characters after which no more is read.</param>
    public MailReading(IReadOnlyList<Mail> mail, int head, int room, int longest)
    {
        foreach (var item in mail.Take(room))
        {
            if (_said.Count > 0 && _said.Sum(said => (long)said.Text.Length) + Length(item) > longest)
            {
                break;
            }

            Taken++;
            Cursor = item.Position;
            Interrupt = item.Kind == "interrupt";
            Cancel = item.Kind == "cancel";
            if (Interrupt || Cancel)
            {
                break;
            }

            if (item.Content is { } content)
            {
                Read(item.Position, content, head);
            }
        }
    }

    /// <summary>The last position that was read; null when there was none.</summary>
    public long? Cursor { get; }

    public int Taken { get; }
    public bool Interrupt { get; }
    public bool Cancel { get; }

    /// <summary>For the model.</summary>
    public IReadOnlyList<TranscriptEntry> Entries => _entries;

    /// <summary>The same with their places in the mailbox.</summary>
    public IReadOnlyList<SaidByMail> Said => _said;

    /// <summary>For people.</summary>
    public IReadOnlyList<VisibleMail> Visible => _visible;

    /// <summary>Answers to questions about calls of unknown outcome, should any be open. Everything but yes is no: only a clear word repeats an effect.</summary>
    public IReadOnlyList<(string? CallId, Decision Decision)> Decisions => _decisions;

    private static long Length(Mail item) => item.Content switch
    {
        null => 0,
        TextContent words => words.Content.Length,
        { } other => Wire.ToJson(other).Length,
    };

    private void Read(long position, MessageContent content, int head)
    {
        _visible.Add(new VisibleMail(position, content));
        var text = content switch
        {
            TextContent words => words.Content,
            DataContent data => data.Data.GetRawText(),
            _ => Wire.ToJson(content),
        };
        if (content is DataContent { Data: { ValueKind: JsonValueKind.Object } answer } && answer.TryGetProperty("tool_call_id", out var call) &&
            answer.TryGetProperty("decision", out var word) && call.ValueKind == JsonValueKind.String && word.ValueKind == JsonValueKind.String)
        {
            _decisions.Add((call.GetString(), EnumNames.TryParse<Decision>(word.GetString()!, out var decision) ? decision : Decision.Skip));
            return;
        }

        var plain = text.Trim().ToLowerInvariant();
        _decisions.Add((null, plain is "retry" or "yes" or "again" ? Decision.Retry : Decision.Skip));
        _said.Add(new SaidByMail(position, text));
        _entries.Add(new TranscriptEntry(head + _entries.Count, new TranscriptMessage { Role = TranscriptRole.User, Text = text }));
    }
}

/// <summary>A message that came by mail, as people are shown it.</summary>
internal sealed record VisibleMail(long Position, MessageContent Content)
{
    public VisibleMessage ToMessage(string taskId) =>
        new(VisibleMessage.IdOf(taskId, CallIds.Mail(Position), "mail"), Content, StreamingStatus.Done);
}
