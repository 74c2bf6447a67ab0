using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>Times as Agentex writes them: microseconds only where there are some, <c>Z</c> for UTC; a time without zone is read as UTC.</summary>
public sealed class WireTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new JsonException("A time in ISO 8601 is expected.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>The text of a time on the wire.</summary>
    public static string Format(DateTimeOffset value)
    {
        var pattern = value.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.ffffff";
        return value.ToString(value.Offset == TimeSpan.Zero ? pattern + "Z" : pattern + "zzz", CultureInfo.InvariantCulture);
    }
}
