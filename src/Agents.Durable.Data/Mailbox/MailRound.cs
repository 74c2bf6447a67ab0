using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Transcripts;
using Npgsql;

namespace Agents.Durable.Data.Mailbox;

/// <summary>All that a run needs to know in order to take its mail, read in one round trip.</summary>
public sealed record MailRound
{
    public required MailCursor At { get; init; }
    public required StoredDefinition Definition { get; init; }

    /// <summary>Whether the task is interrupted, and so runs again when there is something new.</summary>
    public required bool Interrupted { get; init; }
    public required IReadOnlyList<Mail> Mail { get; init; }

    /// <summary>For a run that goes on where it does not know: what those before it came to.</summary>
    public RunProgress? Earlier { get; init; }

    /// <summary>Locks the task's cursor until the end of the transaction, and reads.</summary>
    /// <param name="after">The position after which mail is wanted; null for a run that does not know where those before it stopped.</param>
    /// <param name="limit">Most pieces of mail.</param>
    /// <exception cref="DefinitionException">The task's agent has no definition, or one that cannot be used.</exception>
    public static async Task<MailRound> OpenAsync(
        NpgsqlConnection connection, AgentDefinitions definitions, string taskId, long? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                TaskMailbox.LockCommand(taskId),
                AgentDefinitions.PinCommand(taskId),
                new("select status = 'INTERRUPTED' from tasks where id = $1") { Parameters = { new() { Value = taskId } } },
                TaskMailbox.PageCommand(taskId, after, limit),
            },
        };
        if (after is null)
        {
            batch.BatchCommands.Add(TranscriptStore.TailCommand(taskId, RunProgress.MostCalls + 1));
            batch.BatchCommands.Add(RunProgress.SumCommand(taskId));
        }

        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var at = new MailCursor(reader.GetInt64(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellationToken);
        var definition = await reader.ReadAsync(cancellationToken)
            ? definitions.Remember(reader.GetInt64(0), reader.GetString(1))
            : throw new DefinitionException($"Task {taskId} has no agent with a definition.");
        await reader.NextResultAsync(cancellationToken);
        var interrupted = await reader.ReadAsync(cancellationToken) && reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        var mail = await TaskMailbox.PageAsync(reader, after ?? at.Cursor, cancellationToken);
        if (after is not null)
        {
            return new MailRound { At = at, Definition = definition, Interrupted = interrupted, Mail = mail };
        }

        await reader.NextResultAsync(cancellationToken);
        var tail = await TranscriptStore.TailAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new MailRound { At = at, Definition = definition, Interrupted = interrupted, Mail = mail, Earlier = RunProgress.Of(tail, reader) };
    }
}
