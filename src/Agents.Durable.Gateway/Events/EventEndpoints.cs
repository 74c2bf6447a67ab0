using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Events;

/// <summary>The routes of events. None creates one: events come by event/send only.</summary>
internal static class EventEndpoints
{
    private const int MostEvents = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/events/{event_id}", async (HttpContext context, string event_id, DataContext data) =>
        {
            var row = await data.Events.AsNoTracking().GetAsync(event_id, context.RequestAborted);
            await Answer.WriteAsync(context, row.ToWire());
        });
        routes.MapGet("/events", ListAsync);
    }

    public static AgentEvent ToWire(this EventRow row) => new()
    {
        Id = row.Id,
        SequenceId = row.SequenceId,
        TaskId = row.TaskId,
        AgentId = row.AgentId,
        CreatedAt = row.CreatedAt,
        Content = row.Content,
    };

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var query = QueryValues.Of(context);
        var taskId = query.RequiredText("task_id");
        var agentId = query.RequiredText("agent_id");
        var limit = query.OptionalInteger("limit", 1, MostEvents);
        query.ThrowIfAny();
        var rows = data.Events.AsNoTracking().Where(row => row.TaskId == taskId && row.AgentId == agentId);
        if (query.Text("last_processed_event_id") is { Length: > 0 } last)
        {
            // Numbers go over all tasks. Of an event that is gone, cleaned away for example, nothing follows: whoever remembers it gets all there are, and not an error for ever.
            var after = await data.Events.Where(row => row.Id == last).Select(row => (long?)row.SequenceId).SingleOrDefaultAsync(context.RequestAborted) ?? 0;
            rows = rows.Where(row => row.SequenceId > after);
        }

        var found = await rows.OrderBy(row => row.SequenceId).Take(limit ?? int.MaxValue).ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, found.Select(ToWire).ToArray());
    }
}
