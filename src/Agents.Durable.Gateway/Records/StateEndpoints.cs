using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Records;

/// <summary>The routes of states.</summary>
internal static class StateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/states", CreateAsync);
        routes.MapGet("/states", ListAsync);
        routes.MapGet("/states/{state_id}", async (HttpContext context, string state_id, DataContext data) =>
            await Answer.WriteAsync(context, (await data.States.GetAsync(state_id, context.RequestAborted)).ToWire()));
        routes.MapPut("/states/{state_id}", UpdateAsync);
        routes.MapDelete("/states/{state_id}", DeleteAsync);
    }

    public static AgentState ToWire(this StateRow row) => new()
    {
        TaskId = row.TaskId,
        AgentId = row.AgentId,
        State = row.State!.Value,
        Id = row.Id,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
    };

    private static async Task CreateAsync(HttpContext context, DataContext data, TaskDirectory tasks, TimeProvider time)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var taskId = body.Text("task_id");
        var agentId = body.Text("agent_id");
        var state = body.Object("state");
        body.Problems.ThrowIfAny();
        await tasks.FindAsync(TaskKeyword.ById(taskId), context.RequestAborted);
        var now = time.GetUtcNow();
        var row = new StateRow { Id = ShortId.New(now), TaskId = taskId, AgentId = agentId, State = state, CreatedAt = now, UpdatedAt = now };
        data.States.Add(row);
        await data.SaveChangesAsync(context.RequestAborted);
        await Answer.WriteAsync(context, row.ToWire());
    }

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var query = QueryValues.Of(context);
        var (taskId, agentId) = (query.Filter("task_id"), query.Filter("agent_id"));
        var (limit, page) = query.Paging();
        query.ThrowIfAny();
        var rows = await data.States.AsNoTracking()
            .Where(row => (taskId == null || row.TaskId == taskId) && (agentId == null || row.AgentId == agentId))
            .InOrderOfMaking(data, query.Order(), nameof(StateRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, rows.Select(ToWire).ToArray());
    }

    private static async Task UpdateAsync(HttpContext context, string state_id, DataContext data, TimeProvider time)
    {
        var state = await UnknownFirst.RunAsync(
            async () =>
            {
                var body = await RequestBody.ReadObjectAsync(context);
                var state = body.Object("state");
                body.Problems.ThrowIfAny();
                return state;
            },
            () => data.States.GetAsync(state_id, context.RequestAborted));
        var row = await data.States.GetAsync(state_id, context.RequestAborted);
        row.State = state;
        row.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(context.RequestAborted);
        await Answer.WriteAsync(context, row.ToWire());
    }

    private static async Task DeleteAsync(HttpContext context, string state_id, DataContext data)
    {
        var row = await data.States.GetAsync(state_id, context.RequestAborted);
        // Not by the tracker, which takes a row that somebody else deleted meanwhile for a fault.
        await data.States.Where(state => state.Id == state_id).ExecuteDeleteAsync(context.RequestAborted);
        await Answer.WriteAsync(context, row.ToWire());
    }
}
