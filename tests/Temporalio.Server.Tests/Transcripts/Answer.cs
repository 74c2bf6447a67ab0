using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>What a server answered to one call, before normalisation.</summary>
internal sealed record Answer(MessageDescriptor Type, JsonObject? Response, RpcFault? Fault)
{
    public string Code => Fault is null ? "OK" : StatusName(Fault.Code);

    public JsonObject Normalised(GeneratedNames names, IReadOnlyList<string> ignore) => Fault is null
        ? new JsonObject { ["code"] = "OK", ["response"] = new Normaliser(names, ignore).Message(Type, Response!) }
        : new JsonObject
        {
            ["code"] = Code,
            ["message"] = names.Text(Fault.Message),
            ["details"] = names.All(new JsonArray([.. Fault.Details.Select(ProtoJson.WriteDetail)])),
        };

    public override string ToString() => Fault is null ? Response!.ToJsonString() : $"{Code}: {Fault.Message}{(Code == "INTERNAL" ? Environment.NewLine + Fault.InnerException : "")}";

    // DeadlineExceeded → DEADLINE_EXCEEDED
    private static string StatusName(RpcStatusCode code) =>
        string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));
}
