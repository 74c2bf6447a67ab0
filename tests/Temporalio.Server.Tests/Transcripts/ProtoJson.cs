using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.TestService.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Messages as proto3 JSON, and the methods that transcripts call by their bare names.</summary>
internal static class ProtoJson
{
    private static readonly FileDescriptor[] s_services =
    [
        TemporalApiWorkflowserviceV1Reflection.Descriptor,
        TemporalApiOperatorserviceV1Reflection.Descriptor,
        TemporalApiTestserviceV1Reflection.Descriptor,
    ];

    private static readonly TypeRegistry s_types = TypeRegistry.FromFiles(
    [
        .. s_services, TemporalApiErrordetailsV1Reflection.Descriptor, TemporalApiFailureV1Reflection.Descriptor, TemporalApiUpdateV1Reflection.Descriptor,
    ]);

    private static readonly Dictionary<string, RpcMethod> s_methods = s_services
        .SelectMany(f => f.Services).SelectMany(s => s.Methods).ToDictionary(m => m.Name, m => new RpcMethod(m), StringComparer.Ordinal);

    private static readonly JsonFormatter s_formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(s_types));
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithTypeRegistry(s_types));

    public static RpcMethod Method(string name) =>
        s_methods.TryGetValue(name, out var method) ? method : throw new TranscriptException($"no RPC named {name}");

    public static IMessage Read(MessageDescriptor type, JsonNode json) => s_parser.Parse(json.ToJsonString(), type);

    public static JsonObject Write(IMessage message) => JsonNode.Parse(s_formatter.Format(message))!.AsObject();

    /// <summary>An error's detail: its type first, its fields beside it.</summary>
    public static JsonObject WriteDetail(Any detail)
    {
        var json = new JsonObject { ["@type"] = detail.TypeUrl };
        if (s_types.Find(Any.GetTypeName(detail.TypeUrl)) is { } type)
        {
            foreach (var (name, value) in Write(type.Parser.ParseFrom(detail.Value)))
            {
                json[name] = value?.DeepClone();
            }
        }

        return json;
    }
}
