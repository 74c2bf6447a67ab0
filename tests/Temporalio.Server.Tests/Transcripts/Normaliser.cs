using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Makes answers of different runs and servers comparable; the rules are those that the recordings were made with.</summary>
internal sealed class Normaliser(GeneratedNames names, IReadOnlyList<string> ignore)
{
    private const string Any = "<any>";

    // Values that depend on the clock, the build or the deployment.
    private static readonly HashSet<string> s_masked = new(StringComparer.Ordinal)
    {
        "taskId", "historySizeBytes", "sizeBytes", "totalHistorySizeBytes", "stateTransitionCount", "backlogCountHint", "pollerScalingDecision", "capabilities",
        "serverVersion", "clusterInfo", "version", "binaryChecksum", "executionDuration", "approximateBacklogAge", "tasksAddRate", "tasksDispatchRate",
        "ratePerSecond", "lastAccessTime", "requestedPaginationToken", "conflictToken", "runDelay", "pollerGroupInfos", "pollerGroupsInfo", "pollerGroupId",
    };

    private static readonly HashSet<string> s_tokens = new(StringComparer.Ordinal) { "taskToken", "nextPageToken" };

    public JsonObject Message(MessageDescriptor type, JsonObject json, string path = "")
    {
        var result = new JsonObject();
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (json[field.JsonName] is { } value)
            {
                var here = path.Length == 0 ? field.JsonName : $"{path}.{field.JsonName}";
                result[field.JsonName] = Field(field, value, here);
            }
        }

        return result;
    }

    private JsonNode? Field(FieldDescriptor field, JsonNode value, string path)
    {
        if (s_masked.Contains(field.JsonName) || ignore.Any(i => Paths.Matches(i, path)))
        {
            return Any;
        }

        if (s_tokens.Contains(field.JsonName))
        {
            return (string?)value is "" ? "" : "<token>";
        }

        if (field.IsMap)
        {
            var valueField = field.MessageType.FindFieldByNumber(2);
            return new JsonObject(value.AsObject().OrderBy(e => e.Key, StringComparer.Ordinal)
                .Select(e => KeyValuePair.Create(names.Text(e.Key), One(TypeOf(valueField), e.Value, $"{path}.{e.Key}"))).ToList());
        }

        return field.IsRepeated
            ? new JsonArray([.. value.AsArray().Select((v, i) => One(TypeOf(field), v, $"{path}[{i}]"))])
            : One(TypeOf(field), value, path);
    }

    private JsonNode? One(MessageDescriptor? type, JsonNode? value, string path) => (type?.FullName, value) switch
    {
        ("google.protobuf.Timestamp", { } time) => IsZeroTime((string)time!) ? time.DeepClone() : "<time>",
        ("google.protobuf.Any", _) => names.All(value),
        ("temporal.api.common.v1.Payload", JsonObject payload) => Payload(payload),
        (not null, JsonObject message) => Message(type!, message, path),
        _ => names.All(value),
    };

    private JsonObject Payload(JsonObject payload) => new()
    {
        ["metadata"] = new JsonObject((payload["metadata"]?.AsObject() ?? []).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => KeyValuePair.Create(e.Key, (JsonNode?)Decode((string)e.Value!))).ToList()),
        ["data"] = names.Text(Decode((string?)payload["data"] ?? "")),
    };

    private static MessageDescriptor? TypeOf(FieldDescriptor field) => field.FieldType == FieldType.Message ? field.MessageType : null;

    private static bool IsZeroTime(string time) =>
        time.StartsWith("1970-01-01T00:00:00", StringComparison.Ordinal) || time.StartsWith("0001-", StringComparison.Ordinal);

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
