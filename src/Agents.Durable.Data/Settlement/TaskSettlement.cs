using Agents.Durable.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Settlement;

/// <summary>What became of a wish to change a task's status.</summary>
public abstract record SettleOutcome
{
    private SettleOutcome()
    {
    }

    /// <summary>This call, or an earlier try of it, changed the status.</summary>
    /// <param name="Changed">Whether it was this call.</param>
    public sealed record Settled(AgentTask Task, bool Changed) : SettleOutcome;

    /// <summary>The task had another status than the wish starts from; nothing was changed.</summary>
    public sealed record Elsewhere(AgentTaskStatus Status) : SettleOutcome;

    /// <summary>There is mail that the run has not seen; nothing was changed.</summary>
    public sealed record MoreMail(long Newest) : SettleOutcome;

    /// <summary>There is no such task any more.</summary>
    public sealed record Gone : SettleOutcome;
}

/// <summary>The status that a run wants its task to have.</summary>
public sealed record StatusWish
{
    public required AgentTaskStatus To { get; init; }
    public required string Reason { get; init; }

    /// <summary>The status it may start from.</summary>
    public required IReadOnlyList<AgentTaskStatus> From { get; init; }

    /// <summary>The position up to which the run has handled its mail, where newer mail stands against the wish; null where it does not.</summary>
    public long? HandledMail { get; init; }
}

/// <summary>The compare-and-set on the task's row, which is the commit point of its status.</summary>
public static class TaskSettlement
{
    public static async Task<SettleOutcome> ApplyAsync(NpgsqlDataSource database, string taskId, StatusWish wish, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            with settled as (
                update tasks set status = $2, status_reason = $3, updated_at = $4
                where id = $1 and status = any($5) and ($6::bigint is null or mailbox_position <= $6)
                returning *
            ), row as (
                select true as changed, * from settled union all select false, * from tasks where id = $1 and not exists (select from settled)
            )
            select changed, id, name, status, status_reason, created_at, updated_at, cleaned_at, params::text, task_metadata::text, mailbox_position from row
            """, connection);
        var parameters = command.Parameters;
        parameters.Add(new() { Value = taskId });
        parameters.Add(new() { Value = EnumNames.Of(wish.To) });
        parameters.Add(new() { Value = Storable.Text(wish.Reason) });
        parameters.Add(new() { Value = now });
        parameters.Add(new() { Value = wish.From.Select(EnumNames.Of).ToArray() });
        parameters.Add(new() { Value = (object?)wish.HandledMail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new SettleOutcome.Gone();
        }

        var task = await TaskAsync(reader, cancellationToken);
        var changed = reader.GetBoolean(0);
        if (changed || (task.Status == wish.To && task.StatusReason == Storable.Text(wish.Reason)))
        {
            return new SettleOutcome.Settled(task, changed);
        }

        return wish.From.Contains(task.Status) ? new SettleOutcome.MoreMail(reader.GetInt64(10)) : new SettleOutcome.Elsewhere(task.Status);
    }

    private static async Task<AgentTask> TaskAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        async ValueTask<T?> Optional<T>(int column)
            where T : class => await reader.IsDBNullAsync(column, cancellationToken) ? null : reader.GetFieldValue<T>(column);

        return new AgentTask
        {
            Id = reader.GetString(1),
            Name = await Optional<string>(2),
            Status = EnumNames.Parse<AgentTaskStatus>(reader.GetString(3)),
            StatusReason = await Optional<string>(4),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
            UpdatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            CleanedAt = await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            Params = await Optional<string>(8) is { } parameters ? Wire.Element(parameters) : null,
            TaskMetadata = await Optional<string>(9) is { } metadata ? Wire.Element(metadata) : null,
        };
    }
}
