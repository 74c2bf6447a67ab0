using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Events;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// The routes of events that were accepted and are not delivered any more: given up, or refused at a later attempt, when their sender had been answered. Not of
/// Agentex, which loses such events.
/// </summary>
internal static class DeadLetterEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dead_letters", ListAsync);
        routes.MapGet("/dead_letters/{event_id}", async (HttpContext context, string event_id, DataContext data) =>
            await Answer.WriteAsync(context, (await ToWireAsync(data, [await GetAsync(data, event_id, context.RequestAborted)], context.RequestAborted))[0]));
        routes.MapPost("/dead_letters/{event_id}/redeliver", RedeliverAsync);
    }

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var query = QueryValues.Of(context);
        var (taskId, agentId) = (query.Filter("task_id"), query.Filter("agent_id"));
        var (limit, page) = query.Paging();
        query.ThrowIfAny();
        var rows = await Letters(data)
            .Where(row => (taskId == null || row.TaskId == taskId) && (agentId == null || row.AgentId == agentId))
            .InOrder(data, query.Order(), nameof(MailboxRow.SettledAt), nameof(MailboxRow.TaskId), nameof(MailboxRow.Position))
            .Page(limit, page)
            .ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, await ToWireAsync(data, rows, context.RequestAborted));
    }

    private static async Task RedeliverAsync(HttpContext context, string event_id, DataContext data, MailboxStore mailbox)
    {
        var letter = await GetAsync(data, event_id, context.RequestAborted);
        if (!await mailbox.RedeliverAsync(letter, context.RequestAborted))
        {
            var status = await data.Tasks.Where(row => row.Id == letter.TaskId).Select(row => row.Status).SingleAsync(context.RequestAborted);
            throw status.IsOpen() ? NoLetter(event_id) : GatewayException.BadRequest($"Task {letter.TaskId} takes no more events (current status: {TaskTransition.NameOf(status)}).");
        }

        await Answer.WriteAsync(context, (await data.Events.AsNoTracking().GetAsync(event_id, context.RequestAborted)).ToWire());
    }

    private static IQueryable<MailboxRow> Letters(DataContext data) => data.Mailbox.AsNoTracking().Where(
        row => row.EventId != null && (row.State == MailboxState.Dead || (row.State == MailboxState.Refused && row.Attempts > 1)));

    /// <exception cref="GatewayException">There is no such event, or it is none of these.</exception>
    private static async Task<MailboxRow> GetAsync(DataContext data, string eventId, CancellationToken cancellationToken)
    {
        await data.Events.AsNoTracking().GetAsync(eventId, cancellationToken);
        return await Letters(data).SingleOrDefaultAsync(row => row.EventId == eventId, cancellationToken) ?? throw NoLetter(eventId);
    }

    private static GatewayException NoLetter(string eventId) => GatewayException.BadRequest($"Event {eventId} was not given up");

    private static async Task<DeadLetter[]> ToWireAsync(DataContext data, IReadOnlyList<MailboxRow> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.EventId).ToArray();
        var events = await data.Events.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancellationToken);
        // Cleaned away since the rows were read: then there is nothing to tell of.
        return [.. rows.Where(row => events.ContainsKey(row.EventId!)).Select(row => new DeadLetter
        {
            Event = events[row.EventId!].ToWire(),
            State = row.State == MailboxState.Dead ? DeadLetterState.Dead : DeadLetterState.Refused,
            Attempts = row.Attempts,
            LastError = row.LastError,
            SettledAt = row.SettledAt,
        })];
    }
}
