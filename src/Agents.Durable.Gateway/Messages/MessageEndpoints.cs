using Agents.Durable.Contracts.Messages;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Messages;

/// <summary>The routes of messages.</summary>
internal static class MessageEndpoints
{
    private const int UsualLimit = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/messages", CreateAsync);
        routes.MapPost("/messages/batch", CreateBatchAsync);
        routes.MapPut("/messages/batch", UpdateBatchAsync);
        routes.MapPut("/messages/{message_id}", UpdateAsync);
        routes.MapGet("/messages/{message_id}", async (HttpContext context, string message_id, MessageStore messages) =>
            await Answer.WriteAsync(context, await messages.GetAsync(message_id, context.RequestAborted)));
        routes.MapGet("/messages", ListAsync);
        routes.MapGet("/messages/paginated", PageAsync);
    }

    private static async Task CreateAsync(HttpContext context, MessageStore messages, TaskDirectory tasks)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var taskId = body.Text("task_id");
        var content = ContentReader.Required(body, "content");
        var status = body.OptionalChoice<StreamingStatus>("streaming_status");
        var createdAt = body.OptionalTime("created_at");
        body.Problems.ThrowIfAny();
        var task = await tasks.FindAsync(TaskKeyword.ById(taskId), context.RequestAborted);
        var added = await messages.AddAsync(task.Id, [content!], status, createdAt, context.RequestAborted);
        await Answer.WriteAsync(context, added[0]);
    }

    private static async Task CreateBatchAsync(HttpContext context, MessageStore messages, TaskDirectory tasks)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var taskId = body.Text("task_id");
        var contents = body.Items("contents").Select(item => ContentReader.Read(item.Value, item.Path, body.Problems)).ToList();
        var createdAt = body.OptionalTime("created_at");
        body.Problems.ThrowIfAny();
        var task = await tasks.FindAsync(TaskKeyword.ById(taskId), context.RequestAborted);
        await Answer.WriteAsync(context, await messages.AddAsync(task.Id, [.. contents.Select(content => content!)], null, createdAt, context.RequestAborted));
    }

    private static async Task UpdateAsync(HttpContext context, string message_id, MessageStore messages)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var taskId = body.Text("task_id");
        var content = ContentReader.Required(body, "content");
        var status = body.OptionalChoice<StreamingStatus>("streaming_status");
        body.Problems.ThrowIfAny();
        await Answer.WriteAsync(context, await messages.UpdateAsync(taskId, message_id, content!, status, context.RequestAborted));
    }

    private static async Task UpdateBatchAsync(HttpContext context, MessageStore messages)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var taskId = body.Text("task_id");
        var updates = body.Object("updates");
        body.Problems.ThrowIfAny();
        var contents = updates.EnumerateObject().Select(update => (update.Name, Content: ContentReader.Read(update.Value, $"{body.At("updates")}.{update.Name}", body.Problems))).ToList();
        body.Problems.ThrowIfAny();
        var updated = new List<TaskMessage>();
        foreach (var (id, content) in contents)
        {
            // What is not a message of this task is left out of the answer.
            if (await messages.TryUpdateAsync(taskId, id, content!, null, context.RequestAborted) is { } message)
            {
                updated.Add(message);
            }
        }

        await Answer.WriteAsync(context, updated.ToArray());
    }

    private static async Task ListAsync(HttpContext context, MessageLists lists)
    {
        var query = QueryValues.Of(context);
        var taskId = query.RequiredText("task_id");
        var limit = query.Integer("limit", UsualLimit, 0);
        var page = query.Integer("page_number", 1, 1);
        query.ThrowIfAny();
        var filter = MessageFilter.Parse(query.Text("filters"));
        await Answer.WriteAsync(context, await lists.ListAsync(taskId, filter, limit == 0 ? UsualLimit : limit, page, query.Order(), context.RequestAborted));
    }

    private static async Task PageAsync(HttpContext context, MessageLists lists)
    {
        var query = QueryValues.Of(context);
        var taskId = query.RequiredText("task_id");
        var limit = query.Integer("limit", UsualLimit, 0, 1_000_000);
        var direction = query.Text("direction") ?? "older";
        query.ThrowIfAny();
        if (direction is not ("older" or "newer"))
        {
            throw new ValidationException([new Problem("query.direction", "literal_error", "Input should be 'older' or 'newer'", null)]);
        }

        var filter = MessageFilter.Parse(query.Text("filters"));
        await Answer.WriteAsync(context, await lists.PageAsync(taskId, filter, limit, query.Text("cursor"), direction == "older", context.RequestAborted));
    }
}
