using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Agent.Steps;

/// <summary>The last messages of a task, as <c>/messages</c> shows them, oldest first.</summary>
internal sealed class ListStep(RunStore store)
{
    public async Task<IReadOnlyList<MessageContent>> RunAsync(ListRequest request, CallContext call, CancellationToken cancellationToken)
    {
        await using var command = store.Database.CreateCommand(
            "select content::text from messages where task_id = $1 and ($2 is null or content->>'author' = $2) order by created_at desc, ordinal desc limit $3");
        command.Parameters.Add(new() { Value = call.TaskId });
        command.Parameters.Add(new() { Value = (object?)request.Author ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.Count });
        var messages = new List<MessageContent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(Wire.FromJson<MessageContent>(reader.GetString(0)));
        }

        messages.Reverse();
        return messages;
    }
}
