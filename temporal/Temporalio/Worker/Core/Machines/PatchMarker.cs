using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.Machines;

/// <summary>The marker of a patch, in today's form and in the one that old histories hold.</summary>
internal readonly record struct PatchMarker(string Id, bool Deprecated)
{
    /// <summary>Search attribute that lists a run's patches.</summary>
    public const string SearchAttribute = "TemporalChangeVersion";

    private const string MarkerName = "core_patch";
    private const string Key = "patch-data";

    public static bool TryRead(HistoryEvent historyEvent, out PatchMarker marker)
    {
        marker = default;
        if (historyEvent.MarkerRecordedEventAttributes is not { MarkerName: MarkerName } attributes)
        {
            return false;
        }

        if (attributes.Details.TryGetValue(Key, out var current) && current.Payloads_.Count > 0)
        {
            using var json = JsonDocument.Parse(current.Payloads_[0].Data.Memory);
            marker = new(json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("deprecated").GetBoolean());
            return true;
        }

        if (attributes.Details.TryGetValue("patch_id", out var id) && id.Payloads_.Count > 0
            && attributes.Details.TryGetValue("deprecated", out var deprecated) && deprecated.Payloads_ is [{ Data.Length: > 0 } flag, ..])
        {
            marker = new(id.Payloads_[0].Data.ToStringUtf8(), flag.Data[0] != 0);
            return true;
        }

        return false;
    }

    public Command ToCommand()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteBoolean("deprecated", Deprecated);
            json.WriteEndObject();
        }

        var attributes = new RecordMarkerCommandAttributes { MarkerName = MarkerName };
        attributes.Details.Add(Key, new() { Payloads_ = { JsonPayload.Of(stream.ToArray()) } });
        return new() { CommandType = CommandType.RecordMarker, RecordMarkerCommandAttributes = attributes };
    }

    /// <summary>The upsert that makes the patches of a run visible, or none if their list is too long for a search attribute.</summary>
    public static SearchAttributes? ListAsSearchAttribute(IEnumerable<string> patchIds)
    {
        const int maxBytes = 2048;
        var json = JsonSerializer.SerializeToUtf8Bytes(new SortedSet<string>(patchIds, StringComparer.Ordinal));
        if (json.Length >= maxBytes)
        {
            return null;
        }

        var payload = JsonPayload.Of(json);
        payload.Metadata.Add("type", ByteString.CopyFromUtf8("KeywordList"));
        var attributes = new SearchAttributes();
        attributes.IndexedFields.Add(SearchAttribute, payload);
        return attributes;
    }
}
