using System.Text.Json;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Acp;

/// <summary>An agent's JSON-RPC response, read as Agentex does: what has not its form is one thing, what does not fit the call another.</summary>
internal static class AcpResponse
{
    /// <summary>The result; null where there is none to speak of: nothing, false, zero, or an empty text, list or object.</summary>
    /// <exception cref="AcpException">It is no response, one to another call, or an error.</exception>
    public static JsonElement? ResultOf(JsonElement answer, string id)
    {
        if (answer.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("", "Input should be a valid dictionary or instance of JSONRPCResponse", "model_type");
        }

        if (answer.TryGetProperty("jsonrpc", out var version) && !(version.ValueKind == JsonValueKind.String && version.ValueEquals("2.0")))
        {
            throw Invalid("jsonrpc", "Input should be '2.0'", "literal_error");
        }

        CheckId(answer.TryGetProperty("id", out var answered) ? answered : default, id);
        if (answer.TryGetProperty("error", out var error) && IsSomething(error))
        {
            throw new AcpException(AcpFailure.Refused, $"RPC error: {PythonText.Of(error)}");
        }

        return answer.TryGetProperty("result", out var result) && IsSomething(result) ? result.Clone() : null;
    }

    private static void CheckId(JsonElement answered, string id)
    {
        if (answered.ValueKind is JsonValueKind.Object or JsonValueKind.Array || (answered.ValueKind == JsonValueKind.Number && answered.GetDouble() % 1 != 0))
        {
            throw Invalid("id", "Input should be a valid integer or string", "int_type");
        }

        if (answered.ValueKind != JsonValueKind.String || answered.GetString() != id)
        {
            var shown = answered.ValueKind switch
            {
                JsonValueKind.Undefined => "None",
                JsonValueKind.String => answered.GetString(),
                _ => PythonText.Of(answered),
            };
            throw new AcpException(AcpFailure.Refused, $"Response ID {shown} does not match request ID {id}");
        }
    }

    private static bool IsSomething(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.True => true,
        _ => false,
    };

    private static AcpException Invalid(string field, string message, string type) =>
        new(AcpFailure.Refused, $"1 validation error for JSONRPCResponse\n{field}\n  {message} [type={type}]", RpcError.InvalidParams);
}
