using Agents.Durable.Contracts;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Retention;

/// <summary>The routes that take a task's content out, delete it, and put it back.</summary>
internal static class RetentionEndpoints
{
    private const int UsualIdleDays = 7;
    private const int LongestUrl = 2083;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tasks/{task_id}/export", async (HttpContext context, string task_id, TaskArchive archive) =>
            await Answer.WriteAsync(context, await archive.ExportAsync(task_id, context.RequestAborted)));
        routes.MapPost("/tasks/{task_id}/export", UploadAsync);
        routes.MapPost("/tasks/{task_id}/clean", CleanAsync);
        routes.MapPost("/tasks/{task_id}/rehydrate", RestoreAsync);
    }

    private static async Task UploadAsync(HttpContext context, string task_id, TaskArchive archive, SnapshotTransfer transfer)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var url = UrlOf(body, "upload_url", body.Text("upload_url"));
        body.Problems.ThrowIfAny();
        var content = await archive.ExportAsync(task_id, context.RequestAborted);
        await PublicUrls.CheckAsync(url!, context.RequestAborted);
        var bytes = Wire.ToUtf8(content);
        await transfer.UploadAsync(url!, bytes, context.RequestAborted);
        await Answer.WriteAsync(context, new UploadedExport
        {
            TaskId = task_id,
            UploadUrl = url!.OriginalString,
            UploadedBytes = bytes.Length,
            MessagesCount = content.Messages.Count,
            TaskStatesCount = content.TaskStates.Count,
        });
    }

    private static async Task CleanAsync(HttpContext context, string task_id, TaskArchive archive)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var force = body.BoolOr("force", false);
        var idleDays = (int)body.IntegerOr("idle_days", UsualIdleDays, 1, int.MaxValue);
        body.Problems.ThrowIfAny();
        await Answer.WriteAsync(context, await archive.CleanAsync(task_id, force, Math.Min(idleDays, 100_000), context.RequestAborted));
    }

    private static async Task RestoreAsync(HttpContext context, string task_id, TaskArchive archive, SnapshotTransfer transfer, TimeProvider time)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var named = body.Text("task_id");
        var inline = body.OptionalItems("messages").Any() || body.OptionalItems("task_states").Any();
        var url = body.OptionalText("snapshot_url") is { } text ? UrlOf(body, "snapshot_url", text) : null;
        if (body.Has("task_id") && inline == (body.OptionalText("snapshot_url") is not null))
        {
            body.Problems.Add("body", "value_error", "Value error, Provide exactly one of: inline content (messages/task_states) or snapshot_url.", body.Element);
        }

        body.Problems.ThrowIfAny();
        if (named != task_id)
        {
            throw GatewayException.BadRequest($"Snapshot task_id ({named}) does not match path task_id ({task_id})");
        }

        if (url is not null)
        {
            await PublicUrls.CheckAsync(url, context.RequestAborted);
        }

        var content = url is null
            ? ExportReader.Read(body, task_id, time.GetUtcNow())
            : ExportReader.Parse(await transfer.DownloadAsync(url, context.RequestAborted), task_id, time.GetUtcNow());
        await archive.RestoreAsync(content, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Uri? UrlOf(Fields body, string name, string text)
    {
        if (text.Length <= LongestUrl && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        if (body.Has(name))
        {
            body.Problems.Add(body.At(name), "url_parsing", "Input should be a valid URL");
        }

        return null;
    }
}
