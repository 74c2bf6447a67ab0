using System.Text.Json;
using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.ExternalData;

namespace Temporalio.Worker.Core.Machines;

/// <summary>A local activity's outcome as history keeps it.</summary>
internal sealed record LocalActivityMarker(LocalActivityMarkerData Data, Payload? Result, Failure? Failure)
{
    private const string MarkerName = "core_local_activity";

    public static bool IsMarker(HistoryEvent historyEvent) =>
        historyEvent.MarkerRecordedEventAttributes is { MarkerName: MarkerName };

    /// <exception cref="FatalRunException">The marker cannot be read.</exception>
    public static LocalActivityMarker Read(HistoryEvent historyEvent)
    {
        var attributes = historyEvent.MarkerRecordedEventAttributes;
        if (!attributes.Details.TryGetValue("data", out var data) || data.Payloads_.Count == 0)
        {
            throw Unreadable(historyEvent);
        }

        attributes.Details.TryGetValue("result", out var result);
        var payload = result is { Payloads_.Count: > 0 } ? result.Payloads_[0] : null;
        try
        {
            return new(ReadData(data.Payloads_[0].Data.Memory), payload, attributes.Failure);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Unreadable(historyEvent);
        }
    }

    public Command ToCommand(RepeatedField<Payload>? input)
    {
        var attributes = new RecordMarkerCommandAttributes { MarkerName = MarkerName, Failure = Failure };
        attributes.Details.Add("data", new() { Payloads_ = { JsonPayload.Of(WriteData()) } });
        if (Result is not null)
        {
            attributes.Details.Add("result", new() { Payloads_ = { Result } });
        }

        if (input is not null)
        {
            attributes.Details.Add("input", new() { Payloads_ = { input } });
        }

        return new() { CommandType = CommandType.RecordMarker, RecordMarkerCommandAttributes = attributes };
    }

    private static LocalActivityMarkerData ReadData(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        return new()
        {
            Seq = json.GetProperty("seq").GetUInt32(),
            Attempt = json.GetProperty("attempt").GetUInt32(),
            ActivityId = json.GetProperty("activity_id").GetString(),
            ActivityType = json.GetProperty("activity_type").GetString(),
            CompleteTime = Parts(json, "complete_time") is var (s1, n1) ? new() { Seconds = s1, Nanos = n1 } : null,
            Backoff = Parts(json, "backoff") is var (s2, n2) ? new() { Seconds = s2, Nanos = n2 } : null,
            OriginalScheduleTime = Parts(json, "original_schedule_time") is var (s3, n3) ? new() { Seconds = s3, Nanos = n3 } : null,
        };
    }

    private static (long Seconds, int Nanos)? Parts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object
            ? (value.GetProperty("seconds").GetInt64(), value.GetProperty("nanos").GetInt32())
            : null;

    private static FatalRunException Unreadable(HistoryEvent historyEvent) =>
        new($"Local activity marker was unparsable: {EventText.Of(historyEvent)}");

    private byte[] WriteData()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", Data.Seq);
            json.WriteNumber("attempt", Data.Attempt);
            json.WriteString("activity_id", Data.ActivityId);
            json.WriteString("activity_type", Data.ActivityType);
            Write(json, "complete_time", Data.CompleteTime?.Seconds, Data.CompleteTime?.Nanos);
            Write(json, "backoff", Data.Backoff?.Seconds, Data.Backoff?.Nanos);
            Write(json, "original_schedule_time", Data.OriginalScheduleTime?.Seconds, Data.OriginalScheduleTime?.Nanos);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? seconds, int? nanos)
    {
        if (seconds is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("seconds", seconds.Value);
        json.WriteNumber("nanos", nanos ?? 0);
        json.WriteEndObject();
    }
}
