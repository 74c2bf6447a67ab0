using Agents.Durable.Contracts;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>The routes of tasks.</summary>
internal static class TaskEndpoints
{
    private static readonly (string Path, TaskTransition Transition)[] s_transitions =
    [
        ("complete", TaskTransition.Complete), ("fail", TaskTransition.Fail), ("cancel", TaskTransition.Cancel),
        ("interrupt", TaskTransition.Interrupt), ("terminate", TaskTransition.Terminate), ("timeout", TaskTransition.TimeOut),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tasks", async (HttpContext context, TaskDirectory tasks) =>
            await Answer.WriteAsync(context, await tasks.ListAsync(TaskFilter.Of(QueryValues.Of(context)), context.RequestAborted)));
        routes.MapGet("/tasks/{task_id}", (HttpContext context, string task_id, TaskDirectory tasks) => GetAsync(context, TaskKeyword.ById(task_id), tasks));
        routes.MapGet("/tasks/name/{task_name}", (HttpContext context, string task_name, TaskDirectory tasks) => GetAsync(context, TaskKeyword.ByName(task_name), tasks));
        routes.MapPut("/tasks/{task_id}", (HttpContext context, string task_id, TaskChanges changes, TaskDirectory tasks) => UpdateAsync(context, TaskKeyword.ById(task_id), changes, tasks));
        routes.MapPut("/tasks/name/{task_name}", (HttpContext context, string task_name, TaskChanges changes, TaskDirectory tasks) => UpdateAsync(context, TaskKeyword.ByName(task_name), changes, tasks));
        routes.MapGet("/tasks/{task_id}/query/{query_name}", async (HttpContext context, string task_id, string query_name, TaskQueries queries) =>
            await Answer.WriteAsync(context, await queries.AskAsync(task_id, query_name, context.RequestAborted)));
        routes.MapDelete("/tasks/{task_id}", (HttpContext context, string task_id, TaskChanges changes, SessionEnds ends) => DeleteAsync(context, TaskKeyword.ById(task_id), changes, ends));
        routes.MapDelete("/tasks/name/{task_name}", (HttpContext context, string task_name, TaskChanges changes, SessionEnds ends) => DeleteAsync(context, TaskKeyword.ByName(task_name), changes, ends));
        foreach (var (path, transition) in s_transitions)
        {
            routes.MapPost($"/tasks/{{task_id}}/{path}", (HttpContext context, string task_id, TaskChanges changes, SessionEnds ends) =>
                MoveAsync(context, task_id, transition, changes, ends));
        }
    }

    private static async Task GetAsync(HttpContext context, TaskKeyword task, TaskDirectory tasks)
    {
        if (IsUnreadable(context, task))
        {
            return;
        }

        var details = await UnknownFirst.RunAsync(
            async () =>
            {
                var query = QueryValues.Of(context);
                var withAgents = query.WantsAgents();
                query.ThrowIfAny();
                return await tasks.GetDetailsAsync(task, withAgents, context.RequestAborted);
            },
            () => LookUpNameAsync(context, task, tasks));
        await Answer.WriteAsync(context, details);
    }

    private static async Task UpdateAsync(HttpContext context, TaskKeyword task, TaskChanges changes, TaskDirectory tasks)
    {
        if (!IsUnreadable(context, task))
        {
            var row = await UnknownFirst.RunAsync(
                async () => await changes.UpdateAsync(task, await RequestBody.ReadObjectAsync(context), context.RequestAborted),
                () => LookUpNameAsync(context, task, tasks));
            await Answer.WriteAsync(context, row.ToWire());
        }
    }

    private static Task LookUpNameAsync(HttpContext context, TaskKeyword task, TaskDirectory tasks) =>
        task.Name is null ? Task.CompletedTask : tasks.FindAsync(task, context.RequestAborted);

    private static async Task DeleteAsync(HttpContext context, TaskKeyword task, TaskChanges changes, SessionEnds ends)
    {
        if (!IsUnreadable(context, task))
        {
            var row = await changes.MoveAsync(task, TaskTransition.Delete, null, context.RequestAborted);
            await ends.FollowAsync(row, CancellationToken.None);
            await Answer.WriteAsync(context, new Deleted(row.Id, task.Id is { } id ? $"Task {id} deleted successfully" : $"Task '{task.Name}' deleted successfully"));
        }
    }

    private static async Task MoveAsync(HttpContext context, string taskId, TaskTransition transition, TaskChanges changes, SessionEnds ends)
    {
        var body = await RequestBody.ReadOptionalObjectAsync(context);
        var reason = body?.OptionalText("reason");
        body?.Problems.ThrowIfAny();
        var row = await changes.MoveAsync(TaskKeyword.ById(taskId), transition, reason, context.RequestAborted);
        await ends.FollowAsync(row, CancellationToken.None);
        await Answer.WriteAsync(context, row.ToWire());
    }

    // A name with a slash is no part of a path, escaped or not: the recorded server knows no such route, and ASP.NET leaves the escape in place.
    private static bool IsUnreadable(HttpContext context, TaskKeyword task)
    {
        if (task.Name?.Contains("%2F", StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return true;
    }
}
