using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Records;

/// <summary>The routes of spans.</summary>
internal static class SpanEndpoints
{
    private const int MostSpans = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/spans", CreateAsync);
        routes.MapGet("/spans", ListAsync);
        routes.MapGet("/spans/{span_id}", async (HttpContext context, string span_id, DataContext data) =>
            await Answer.WriteAsync(context, ToWire(await data.Spans.GetAsync(span_id, context.RequestAborted))));
        routes.MapMethods("/spans/{span_id}", [HttpMethods.Patch], UpdateAsync);
    }

    private static async Task CreateAsync(HttpContext context, DataContext data, TaskDirectory tasks, TimeProvider time)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var now = time.GetUtcNow();
        var row = new SpanRow
        {
            Owner = context.GetCaller().Owner.Value,
            Id = body.OptionalText("id") ?? Guid.CreateVersion7(now).ToString(),
            TraceId = body.Text("trace_id"),
            TaskId = body.OptionalText("task_id"),
            ParentId = body.OptionalText("parent_id"),
            Name = body.Text("name"),
            StartTime = body.Time("start_time").ToUniversalTime(),
            EndTime = body.OptionalTime("end_time")?.ToUniversalTime(),
            Input = body.OptionalObjects("input"),
            Output = body.OptionalObjects("output"),
            Data = body.OptionalObjects("data"),
            CreatedAt = now,
            UpdatedAt = now,
        };
        body.Problems.ThrowIfAny();
        await CheckTaskAsync(tasks, row.TaskId, context.RequestAborted);
        data.Spans.Add(row);
        try
        {
            await data.SaveChangesAsync(context.RequestAborted);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw GatewayException.Taken();
        }

        await Answer.WriteAsync(context, ToWire(row));
    }

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var query = QueryValues.Of(context);
        var (traceId, taskId) = (query.Filter("trace_id"), query.Filter("task_id"));
        var (limit, page) = query.Paging(MostSpans);
        query.ThrowIfAny();
        var rows = await data.Spans.AsNoTracking()
            .Where(row => (traceId == null || row.TraceId == traceId) && (taskId == null || row.TaskId == taskId))
            .InOrder(data, query.Order(), nameof(SpanRow.StartTime), nameof(SpanRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, rows.Select(ToWire).ToArray());
    }

    // What is absent or null stays as it is; of the data, what is not named.
    private static async Task UpdateAsync(HttpContext context, string span_id, DataContext data, TaskDirectory tasks, TimeProvider time)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var traceId = body.OptionalText("trace_id");
        var taskId = body.OptionalText("task_id");
        var parentId = body.OptionalText("parent_id");
        var name = body.OptionalText("name");
        var startTime = body.OptionalTime("start_time")?.ToUniversalTime();
        var endTime = body.OptionalTime("end_time")?.ToUniversalTime();
        var (input, output, extra) = (body.OptionalObjects("input"), body.OptionalObjects("output"), body.OptionalObjects("data"));
        body.Problems.ThrowIfAny();
        var row = await data.Spans.GetAsync(span_id, context.RequestAborted);
        await CheckTaskAsync(tasks, taskId, context.RequestAborted);
        row.TraceId = traceId ?? row.TraceId;
        row.TaskId = taskId ?? row.TaskId;
        row.ParentId = parentId ?? row.ParentId;
        row.Name = name ?? row.Name;
        row.StartTime = startTime ?? row.StartTime;
        row.EndTime = endTime ?? row.EndTime;
        row.Input = input ?? row.Input;
        row.Output = output ?? row.Output;
        row.Data = extra is { } added ? Merged(row.Data, added) : row.Data;
        row.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(context.RequestAborted);
        await Answer.WriteAsync(context, ToWire(row));
    }

    // Lists are replaced.
    private static JsonElement Merged(JsonElement? known, JsonElement added)
    {
        if (known is not { ValueKind: JsonValueKind.Object } || added.ValueKind != JsonValueKind.Object)
        {
            return added;
        }

        var merged = known.Value.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        foreach (var property in added.EnumerateObject())
        {
            merged[property.Name] = property.Value;
        }

        return JsonSerializer.SerializeToElement(merged);
    }

    private static async Task CheckTaskAsync(TaskDirectory tasks, string? taskId, CancellationToken cancellationToken)
    {
        if (taskId is not null)
        {
            await tasks.FindAsync(TaskKeyword.ById(taskId), cancellationToken);
        }
    }

    private static Span ToWire(SpanRow row) => new()
    {
        Id = row.Id,
        TraceId = row.TraceId,
        TaskId = row.TaskId,
        ParentId = row.ParentId,
        Name = row.Name,
        StartTime = row.StartTime,
        EndTime = row.EndTime,
        Input = row.Input,
        Output = row.Output,
        Data = row.Data,
    };
}
