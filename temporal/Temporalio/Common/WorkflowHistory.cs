using Google.Protobuf;
using Temporalio.Api.History.V1;

namespace Temporalio.Common;

/// <summary>A workflow's events, for instance to replay them.</summary>
public record WorkflowHistory(string Id, IReadOnlyCollection<HistoryEvent> Events)
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Reads the JSON of this SDK, of the command line tool or of the UI.</summary>
    /// <exception cref="InvalidJsonException">It is no JSON.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is no history.</exception>
    public static WorkflowHistory FromJson(string workflowId, string json) =>
        new(workflowId, s_parser.Parse<History>(HistoryJson.WithProtobufEnumNames(json)).Events);

    public string ToJson() => JsonFormatter.Default.Format(new History { Events = { Events } });

    public void ToJson(TextWriter writer) => JsonFormatter.Default.Format(new History { Events = { Events } }, writer);
}
