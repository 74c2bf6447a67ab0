using System.Text.Json;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>A JSON-RPC request of a client, checked. What a method does not take is left at its default.</summary>
internal sealed record RpcCall
{
    public required RpcMethod Method { get; init; }

    /// <summary>To be echoed; null for none.</summary>
    public JsonElement? Id { get; init; }
    public string? TaskId { get; init; }
    public string? TaskName { get; init; }
    public JsonElement? TaskParams { get; init; }
    public JsonElement? TaskMetadata { get; init; }
    public MessageContent? Content { get; init; }
    public bool Stream { get; init; }

    /// <summary>Of the message of message/send, as recorded.</summary>
    public StreamingStatus? SaidStatus => Stream ? StreamingStatus.Done : null;

    /// <exception cref="ValidationException">It is no request of this dialect.</exception>
    public static RpcCall Read(Fields body)
    {
        var problems = body.Problems;
        if (body.Find("jsonrpc") is { } version && !(version.ValueKind == JsonValueKind.String && version.GetString() == "2.0"))
        {
            problems.Add(body.At("jsonrpc"), "literal_error", "Input should be '2.0'", version);
        }

        var id = body.Find("id");
        // A truth value is a number to Agentex's validator; a number with a fraction is none.
        if (id is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } || (id is { ValueKind: JsonValueKind.Number } number && number.GetDouble() % 1 != 0))
        {
            problems.Add(body.At("id"), "id_type", "Input should be a valid integer or string", id);
        }

        var method = body.Choice<RpcMethod>("method");
        var parameters = body.Required("params");
        problems.ThrowIfAny();
        var fields = Fields.Of(parameters!.Value, body.At("params"), problems);
        problems.ThrowIfAny();
        var call = ReadParams(method, fields!.Value) with { Id = id is { ValueKind: not JsonValueKind.Null } given ? given.Clone() : null };
        problems.ThrowIfAny();
        return call;
    }

    private static RpcCall ReadParams(RpcMethod method, Fields fields)
    {
        if (method == RpcMethod.TaskCreate)
        {
            return new RpcCall
            {
                Method = method,
                TaskName = fields.OptionalText("name"),
                TaskParams = fields.OptionalObject("params"),
                TaskMetadata = fields.OptionalObject("task_metadata"),
            };
        }

        var call = new RpcCall { Method = method, TaskId = fields.OptionalText("task_id"), TaskName = fields.OptionalText("task_name") };
        if (call is { TaskId: not null, TaskName: not null })
        {
            fields.Problems.Add("body", "value_error", "Value error, Cannot provide both task_id and task_name - use only one", fields.Element);
        }
        else if (method != RpcMethod.MessageSend && call is { TaskId: null, TaskName: null })
        {
            fields.Problems.Add("body", "value_error", "Value error, Provide task_id or task_name", fields.Element);
        }

        return method switch
        {
            RpcMethod.MessageSend => call with
            {
                Content = ContentReader.Required(fields, "content"),
                Stream = fields.BoolOr("stream", false),
                TaskParams = fields.OptionalObject("task_params"),
            },
            RpcMethod.EventSend => call with { Content = ContentReader.Optional(fields, "content") },
            _ => call,
        };
    }
}
