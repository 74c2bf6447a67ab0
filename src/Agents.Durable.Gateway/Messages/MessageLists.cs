using System.Buffers.Text;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Messages;

/// <summary>Lists messages of a task, by pages or by a cursor.</summary>
internal sealed class MessageLists(DataContext data, OwnerScope scope)
{
    public async Task<TaskMessage[]> ListAsync(string taskId, MessageFilter filter, int limit, int page, ListOrder order, CancellationToken cancellationToken)
    {
        // For messages alone, what is not ascending is descending.
        var direction = string.Equals(order.Direction, "asc", StringComparison.OrdinalIgnoreCase) ? "asc" : "desc";
        var path = order.Column?.Split('.') ?? [];
        var rows = path switch
        {
            [] or [""] or ["created_at"] => Filtered(taskId, filter).InOrder(data, new ListOrder(null, direction), nameof(MessageRow.CreatedAt), nameof(MessageRow.Ordinal)),
            ["content", ..] => ByContent(taskId, filter, path[1..], direction == "desc"),
            _ => Filtered(taskId, filter).InOrderOfMaking(data, order with { Direction = direction }, nameof(MessageRow.Ordinal)),
        };
        return [.. (await rows.Page(limit, page).ToListAsync(cancellationToken)).Select(MessageMapping.ToWire)];
    }

    /// <summary>A page next to a cursor. A cursor that is none, or whose message is gone, counts as none.</summary>
    public async Task<MessagePage> PageAsync(string taskId, MessageFilter filter, int limit, string? cursor, bool older, CancellationToken cancellationToken)
    {
        var rows = Filtered(taskId, filter);
        if (await PlaceOfAsync(taskId, cursor, cancellationToken) is var (at, ordinal))
        {
            rows = older
                ? rows.Where(row => row.CreatedAt < at || (row.CreatedAt == at && row.Ordinal < ordinal))
                : rows.Where(row => row.CreatedAt > at || (row.CreatedAt == at && row.Ordinal > ordinal));
        }

        // Towards newer ones a page holds those next to the cursor, shown newest first as all pages are.
        var ordered = older
            ? rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Ordinal)
            : rows.OrderBy(row => row.CreatedAt).ThenBy(row => row.Ordinal);
        var found = await ordered.Take(limit + 1).ToListAsync(cancellationToken);
        var more = found.Count > limit;
        found = [.. found.Take(limit)];
        var next = more && found.Count > 0 ? CursorOf(found[^1]) : null;
        if (!older)
        {
            found.Reverse();
        }

        return new MessagePage([.. found.Select(MessageMapping.ToWire)], next, more);
    }

    private IQueryable<MessageRow> Filtered(string taskId, MessageFilter filter)
    {
        if (filter.Included.Count == 0 && filter.Excluded.Count == 0)
        {
            return data.Messages.AsNoTracking().Where(row => row.TaskId == taskId);
        }

        var query = new MessageQuery(taskId, scope.Owner.Value, filter);
        return data.Messages.FromSqlRaw(query.Sql, query.Parameters).AsNoTracking();
    }

    // The places in that order are told by the database, so that the pages of the list can be taken from it as from any other.
    private IQueryable<MessageRow> ByContent(string taskId, MessageFilter filter, string[] path, bool descending)
    {
        var query = new MessageQuery(taskId, scope.Owner.Value, filter);
        return data.Messages.FromSqlRaw(query.InOrderOf(path, descending), query.Parameters).AsNoTracking().OrderBy(row => row.Ordinal);
    }

    private async Task<(DateTimeOffset At, long Ordinal)?> PlaceOfAsync(string taskId, string? cursor, CancellationToken cancellationToken)
    {
        if (IdOf(cursor) is not { } id)
        {
            return null;
        }

        var place = await data.Messages.AsNoTracking().Where(row => row.Id == id && row.TaskId == taskId)
            .Select(row => new { row.CreatedAt, row.Ordinal }).SingleOrDefaultAsync(cancellationToken);
        return place is null ? null : (place.CreatedAt, place.Ordinal);
    }

    private static string CursorOf(MessageRow row) => Convert.ToBase64String(Wire.ToUtf8(new Dictionary<string, JsonElement>
    {
        ["v"] = JsonSerializer.SerializeToElement(1),
        ["id"] = JsonSerializer.SerializeToElement(row.Id),
        ["created_at"] = JsonSerializer.SerializeToElement(WireTimeConverter.Format(row.CreatedAt)),
    }));

    private static string? IdOf(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor) || !Base64.IsValid(cursor))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(cursor));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
