using System.Text.Json.Serialization;

namespace Agents.Durable.Data.Transcripts;

/// <summary>One message as the model sees it. Positions are given by the workflow, so that a message that is stored twice lands in one place.</summary>
/// <param name="Position">Place in the task's transcript, from 0, without gaps.</param>
public sealed record TranscriptEntry(int Position, TranscriptMessage Message);

/// <summary>A message of a transcript: what a model is given, apart from how any provider spells it.</summary>
public sealed record TranscriptMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required TranscriptRole Role { get; init; }

    public string Text { get; init; } = "";

    /// <summary>Thoughts that the model showed; not sent back to it.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tools that an assistant's message asks for.</summary>
    public IReadOnlyList<TranscriptCall>? Calls { get; init; }

    /// <summary>The call that a tool's message answers.</summary>
    public string? CallId { get; init; }

    public bool IsError { get; init; }

    /// <summary>An assistant's message that no model wrote: why a turn ended.</summary>
    public bool Notice { get; init; }
}

/// <param name="Id">Ours, unique in the task.</param>
/// <param name="Arguments">As the model wrote them: usually the text of a JSON object, but nobody guarantees that.</param>
public sealed record TranscriptCall(string Id, string Name, string Arguments);

[JsonConverter(typeof(JsonStringEnumConverter<TranscriptRole>))]
public enum TranscriptRole
{
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("assistant")] Assistant,
    [JsonStringEnumMemberName("tool")] Tool,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(TranscriptMessage))]
internal sealed partial class TranscriptJson : JsonSerializerContext;
