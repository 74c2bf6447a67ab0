using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Data;
using NpgsqlTypes;

namespace Agents.Durable.Agent.Steps;

/// <summary>A span of a task's trace, as <c>/spans</c> shows it: written when it starts, and again when it ends.</summary>
internal sealed class SpanStep(RunStore store, TimeProvider time)
{
    public async Task<bool> RunAsync(SpanRequest request, CallContext call, CancellationToken cancellationToken)
    {
        await using var command = store.Database.CreateCommand(
            """
            insert into spans (owner, id, trace_id, task_id, parent_id, name, start_time, end_time, input, output, created_at, updated_at)
            select owner, $2, id, id, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $9 from tasks where id = $1
            on conflict (owner, id) do update
            set end_time = coalesce(excluded.end_time, spans.end_time), output = coalesce(excluded.output, spans.output), updated_at = excluded.updated_at
            """);
        command.Parameters.Add(new() { Value = call.TaskId });
        command.Parameters.Add(new() { Value = request.Id });
        command.Parameters.Add(new() { Value = (object?)request.Parent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.Name });
        command.Parameters.Add(new() { Value = request.Start, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)request.End ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = Json(request.Input), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Json(request.Output), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    private static object Json(JsonElement? value) => value is { } given ? Storable.Json(given.GetRawText()) : DBNull.Value;
}
