using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Checkpoints;

/// <summary>The routes of checkpoints: LangGraph's checkpointer over HTTP.</summary>
internal static class CheckpointEndpoints
{
    private const int UsualLimit = 100;
    private const int MostCheckpoints = 1000;
    private static readonly JsonElement s_empty = Wire.Element("{}");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/checkpoints/get-tuple", GetAsync);
        routes.MapPost("/checkpoints/put", PutAsync);
        routes.MapPost("/checkpoints/put-writes", PutWritesAsync);
        routes.MapPost("/checkpoints/list", ListAsync);
        routes.MapPost("/checkpoints/delete-thread", DeleteAsync);
    }

    private static async Task GetAsync(HttpContext context, CheckpointStore checkpoints)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var thread = body.Text("thread_id");
        var space = body.TextOr("checkpoint_ns", "");
        var id = body.OptionalText("checkpoint_id");
        body.Problems.ThrowIfAny();
        await Answer.WriteAsync(context, await checkpoints.FindAsync(thread, space, string.IsNullOrEmpty(id) ? null : id, context.RequestAborted));
    }

    private static async Task PutAsync(HttpContext context, CheckpointStore checkpoints)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var checkpoint = new CheckpointItem
        {
            ThreadId = body.Text("thread_id"),
            CheckpointNs = body.TextOr("checkpoint_ns", ""),
            CheckpointId = body.Text("checkpoint_id"),
            ParentCheckpointId = body.OptionalText("parent_checkpoint_id"),
            Checkpoint = body.Object("checkpoint"),
            Metadata = body.Has("metadata") ? body.Object("metadata") : s_empty,
        };
        var blobs = body.OptionalItems("blobs").Select(item => Blob(item.Value, item.Path, body.Problems)).ToList();
        body.Problems.ThrowIfAny();
        await checkpoints.PutAsync(checkpoint, [.. blobs.OfType<NewBlob>()], context.RequestAborted);
        await Answer.WriteAsync(context, new CheckpointName(checkpoint.ThreadId, checkpoint.CheckpointNs, checkpoint.CheckpointId));
    }

    private static async Task PutWritesAsync(HttpContext context, CheckpointStore checkpoints)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var name = new CheckpointName(body.Text("thread_id"), body.TextOr("checkpoint_ns", ""), body.Text("checkpoint_id"));
        var replace = body.BoolOr("upsert", false);
        var writes = body.Items("writes").Select(item => Write(item.Value, item.Path, body.Problems)).ToList();
        body.Problems.ThrowIfAny();
        await checkpoints.PutWritesAsync(name, [.. writes.OfType<NewWrite>()], replace, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ListAsync(HttpContext context, CheckpointStore checkpoints)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var thread = body.Text("thread_id");
        var space = body.OptionalText("checkpoint_ns");
        var before = body.OptionalText("before_checkpoint_id");
        var metadata = body.OptionalObject("filter_metadata")?.GetRawText();
        var limit = (int)body.IntegerOr("limit", UsualLimit, 1, MostCheckpoints);
        body.Problems.ThrowIfAny();
        await Answer.WriteAsync(context, await checkpoints.ListAsync(thread, space, before, metadata, limit, context.RequestAborted));
    }

    private static async Task DeleteAsync(HttpContext context, CheckpointStore checkpoints)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var thread = body.Text("thread_id");
        body.Problems.ThrowIfAny();
        await checkpoints.DeleteThreadAsync(thread, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static NewBlob? Blob(JsonElement value, string path, Problems problems) => Fields.Of(value, path, problems) is { } fields
        ? new NewBlob(fields.Text("channel"), fields.Text("version"), fields.Text("type"), fields.OptionalText("blob") is { } text ? Bytes(text, fields.At("blob"), problems) : null)
        : null;

    private static NewWrite? Write(JsonElement value, string path, Problems problems) => Fields.Of(value, path, problems) is { } fields
        ? new NewWrite(
            fields.Text("task_id"), (int)fields.IntegerOr("idx", null, int.MinValue, int.MaxValue), fields.Text("channel"), fields.OptionalText("type"),
            Bytes(fields.Text("blob"), fields.At("blob"), problems), fields.TextOr("task_path", ""))
        : null;

    private static byte[] Bytes(string base64, string path, Problems problems)
    {
        var bytes = new byte[base64.Length];
        if (Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return bytes[..length];
        }

        problems.Add(path, "base64_decode", "Input should be base64");
        return [];
    }
}
