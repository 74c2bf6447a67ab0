using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Data.Stream;

/// <summary>A committed item of a task's stream. Its renderings are made once and shared by all viewers.</summary>
[JsonConverter(typeof(StreamFrameConverter))]
public sealed class StreamFrame
{
    private byte[]? _json;
    private byte[]? _serverSentEvent;

    /// <summary>The position in the task's stream, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>The first number this frame stands for: less than <see cref="Seq"/> after deltas were folded into one.</summary>
    public required long From { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? CallId { get; init; }

    public int? Attempt { get; init; }

    public StreamFlags Flags { get; init; }

    /// <summary>The update as JSON in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Update { get; init; }

    /// <summary>The frame as the hub sends it: <c>{seq, from?, at, call_id?, attempt?, update}</c>.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= RenderJson();

    /// <summary>The frame as SSE sends it, the blank line included.</summary>
    public ReadOnlyMemory<byte> ServerSentEvent => _serverSentEvent ??= RenderServerSentEvent();

    internal int Size => Update.Length + 96;

    private byte[] RenderJson()
    {
        var buffer = new ArrayBufferWriter<byte>(Update.Length + 96);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", Seq);
            if (From != Seq)
            {
                writer.WriteNumber("from", From);
            }

            writer.WriteString("at", At.UtcDateTime);
            if (CallId is not null)
            {
                writer.WriteString("call_id", CallId);
            }

            if (Attempt is { } attempt)
            {
                writer.WriteNumber("attempt", attempt);
            }

            writer.WritePropertyName("update");
            writer.WriteRawValue(Update.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private byte[] RenderServerSentEvent() =>
        [.. "id: "u8, .. System.Text.Encoding.ASCII.GetBytes(Seq.ToString()), .. "\ndata: "u8, .. Update.Span, .. "\n\n"u8];
}

/// <summary>Copies the rendering instead of making it anew for each viewer.</summary>
internal sealed class StreamFrameConverter : JsonConverter<StreamFrame>
{
    public override StreamFrame Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Frames are sent, never received.");

    public override void Write(Utf8JsonWriter writer, StreamFrame value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}
