using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Records;

/// <summary>The routes of trackers. None creates one: an agent that takes part in a task has one.</summary>
internal static class TrackerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tracker", ListAsync);
        routes.MapGet("/tracker/{tracker_id}", async (HttpContext context, string tracker_id, DataContext data) =>
            await Answer.WriteAsync(context, ToWire(await data.TaskAgents.GetAsync(tracker_id, context.RequestAborted))));
        routes.MapPut("/tracker/{tracker_id}", UpdateAsync);
    }

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var query = QueryValues.Of(context);
        var (taskId, agentId) = (query.Filter("task_id"), query.Filter("agent_id"));
        var (limit, page) = query.Paging();
        query.ThrowIfAny();
        var rows = await data.TaskAgents.AsNoTracking()
            .Where(row => (taskId == null || row.TaskId == taskId) && (agentId == null || row.AgentId == agentId))
            .InOrder(data, query.Order(), nameof(TaskAgentRow.UpdatedAt), nameof(TaskAgentRow.CreatedAt), nameof(TaskAgentRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, rows.Select(ToWire).ToArray());
    }

    // The cursor stays where it is without an event; status and reason are overwritten, with null when they are absent.
    private static async Task UpdateAsync(HttpContext context, string tracker_id, DataContext data, TimeProvider time)
    {
        var (eventId, status, reason) = await UnknownFirst.RunAsync(() => ReadAsync(context), () => data.TaskAgents.GetAsync(tracker_id, context.RequestAborted));
        // Locked, so that of two that move the cursor at once the second one is compared with the first.
        await using var transaction = await data.Database.BeginTransactionAsync(context.RequestAborted);
        await data.Database.ExecuteSqlAsync($"SELECT FROM task_agents WHERE id = {tracker_id} FOR UPDATE", context.RequestAborted);
        var row = await data.TaskAgents.GetAsync(tracker_id, context.RequestAborted);
        if (eventId is not null)
        {
            await CheckForwardAsync(data, row, eventId, context.RequestAborted);
        }

        row.LastProcessedEventId = eventId ?? row.LastProcessedEventId;
        row.Status = status;
        row.StatusReason = reason;
        row.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(context.RequestAborted);
        await transaction.CommitAsync(context.RequestAborted);
        await Answer.WriteAsync(context, ToWire(row));
    }

    private static async Task<(string? EventId, string? Status, string? Reason)> ReadAsync(HttpContext context)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var read = (body.OptionalText("last_processed_event_id"), body.OptionalText("status"), body.OptionalText("status_reason"));
        body.Problems.ThrowIfAny();
        return read;
    }

    private static async Task CheckForwardAsync(DataContext data, TaskAgentRow row, string eventId, CancellationToken cancellationToken)
    {
        var next = await SequenceOfAsync(data, eventId, cancellationToken)
            ?? throw GatewayException.BadRequest($"Event with ID {eventId} not found");
        if (row.LastProcessedEventId is { } last && await SequenceOfAsync(data, last, cancellationToken) is { } current && current > next)
        {
            throw GatewayException.BadRequest($"Cannot move cursor backwards: new sequence ID {next} < current sequence ID {current}");
        }
    }

    // Numbers go over all tasks, so an event of another one is a place as well.
    private static Task<long?> SequenceOfAsync(DataContext data, string eventId, CancellationToken cancellationToken) =>
        data.Events.Where(sent => sent.Id == eventId).Select(sent => (long?)sent.SequenceId).SingleOrDefaultAsync(cancellationToken);

    private static AgentTaskTracker ToWire(TaskAgentRow row) => new()
    {
        Id = row.Id,
        AgentId = row.AgentId,
        TaskId = row.TaskId,
        Status = row.Status,
        StatusReason = row.StatusReason,
        LastProcessedEventId = row.LastProcessedEventId,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
    };
}
