using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Data;
using NpgsqlTypes;

namespace Agents.Durable.Agent.Steps;

/// <summary>The state that an agent keeps of a task, as <c>/states</c> shows it. Where there are several of them, the oldest is meant.</summary>
internal sealed class StateStep(RunStore store, TimeProvider time)
{
    public async Task<StateFacts> GetAsync(CallContext call, CancellationToken cancellationToken)
    {
        await using var command = store.Database.CreateCommand(
            "select s.state::text from states s join tasks t on t.id = s.task_id and t.agent_id = s.agent_id where t.id = $1 order by s.ordinal limit 1");
        command.Parameters.Add(new() { Value = call.TaskId });
        return await command.ExecuteScalarAsync(cancellationToken) is string text ? new StateFacts(JsonSerializer.Deserialize<JsonElement>(text)) : new StateFacts(null);
    }

    public async Task<bool> PutAsync(PutStateRequest request, CallContext call, CancellationToken cancellationToken)
    {
        // The id follows from the task, so that a first try that is repeated makes no second state.
        await using var command = store.Database.CreateCommand(
            """
            with mine as (select t.id, t.owner, t.agent_id from tasks t where t.id = $1),
            changed as (
                update states set state = $2::jsonb, updated_at = $3
                where id = (select s.id from states s join mine on s.task_id = mine.id and s.agent_id = mine.agent_id order by s.ordinal limit 1)
                returning id
            )
            insert into states (id, owner, task_id, agent_id, state, created_at, updated_at)
            select substr(md5(mine.id || mine.agent_id), 1, 24), mine.owner, mine.id, mine.agent_id, $2::jsonb, $3, $3 from mine where not exists (select from changed)
            on conflict (id) do update set state = excluded.state, updated_at = excluded.updated_at
            """);
        command.Parameters.Add(new() { Value = call.TaskId });
        command.Parameters.Add(new() { Value = Storable.Json(request.State.GetRawText()) });
        command.Parameters.Add(new() { Value = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }
}
