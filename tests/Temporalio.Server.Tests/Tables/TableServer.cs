using System.Text.Json.Nodes;
using Temporalio.Rpc;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Tables;

/// <summary>Asks a server in JSON.</summary>
internal sealed class TableServer(IRpcInvoker invoker)
{
    /// <summary>The answer, or <c>{error: {code}}</c>.</summary>
    public async Task<JsonObject> CallAsync(string call, JsonObject request)
    {
        var method = ProtoJson.Method(call);
        try
        {
            return ProtoJson.Write(await invoker.InvokeAsync(method, ProtoJson.Read(method.Descriptor.InputType, request), new RpcCallOptions { Timeout = TimeSpan.FromSeconds(30) }));
        }
        catch (RpcFault fault)
        {
            return new JsonObject { ["error"] = Error(fault) };
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            return new JsonObject { ["error"] = new JsonObject { ["code"] = "not a request", ["message"] = e.Message } };
        }
    }

    private static JsonObject Error(RpcFault fault) => new()
    {
        ["code"] = string.Concat(fault.Code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString())),
        ["message"] = fault.Message,
    };

    /// <summary>Where the row's column or error is not what came; texts of errors do not count.</summary>
    public static string? Compare(JsonObject row, JsonObject answer, string column, JsonNode? value)
    {
        if (row["error"] is { } error)
        {
            return (string?)answer["error"]?["code"] == (string?)error["code"] ? null : $"expected {error["code"]} got {answer["error"]?["code"] ?? answer.ToJsonString()}";
        }

        return answer["error"] is { } unexpected ? $"got {unexpected.ToJsonString()}" : Difference.Find(row[column], value, column);
    }
}
