using System.Security.Cryptography;
using System.Text;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Transcripts;

/// <summary>A message that people see, under an id that follows from its call, so that a repeated call writes the same message.</summary>
public sealed record VisibleMessage(string Id, MessageContent Content, StreamingStatus? Status)
{
    /// <summary>The id of a call's message: 24 hexadecimal digits, as all ids of messages.</summary>
    public static string IdOf(string taskId, string callId, string part) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{taskId}\n{callId}\n{part}")).AsSpan(0, 12));
}

/// <summary>Writes a run's messages where <c>/messages</c> reads them.</summary>
public static class VisibleMessages
{
    /// <summary>Adds or replaces messages, in the given order.</summary>
    /// <returns>The messages as stored, in the same order; empty when the task is gone.</returns>
    public static async Task<IReadOnlyList<TaskMessage>> PutAsync(
        NpgsqlConnection connection, string taskId, IReadOnlyList<VisibleMessage> messages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { PutCommand(taskId, messages, now) } };
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await StoredAsync(reader, taskId, messages, cancellationToken);
    }

    /// <inheritdoc cref="PutAsync"/>
    public static NpgsqlBatchCommand PutCommand(string taskId, IReadOnlyList<VisibleMessage> messages, DateTimeOffset now)
    {
        return new NpgsqlBatchCommand(
            """
            insert into messages (id, owner, task_id, content, streaming_status, created_at, updated_at)
            select g.id, t.owner, t.id, g.content::jsonb, g.status, $5, $5
            from unnest($2::text[], $3::text[], $4::text[]) with ordinality as g(id, content, status, n) join tasks t on t.id = $1
            order by g.n
            on conflict (id) do update set content = excluded.content, streaming_status = excluded.streaming_status, updated_at = excluded.updated_at
            returning id, created_at, updated_at
            """)
        {
            Parameters =
            {
                new() { Value = taskId },
                new() { Value = messages.Select(message => message.Id).ToArray() },
                new() { Value = messages.Select(message => Storable.Json(Wire.ToJson(message.Content))).ToArray() },
                new() { Value = messages.Select(message => message.Status is { } status ? EnumNames.Of(status) : null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = Stored(now) },
            },
        };
    }

    /// <summary>A message as <see cref="PutCommand"/> will store it, if it is new.</summary>
    public static TaskMessage New(string taskId, VisibleMessage message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new TaskMessage
        {
            Id = message.Id,
            TaskId = taskId,
            Content = message.Content,
            StreamingStatus = message.Status,
            CreatedAt = Stored(now),
            UpdatedAt = Stored(now),
        };
    }

    /// <summary>What <see cref="PutCommand"/> stored, as the reader's current result tells it.</summary>
    public static async Task<IReadOnlyList<TaskMessage>> StoredAsync(
        NpgsqlDataReader reader, string taskId, IReadOnlyList<VisibleMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var times = new Dictionary<string, (DateTimeOffset Created, DateTimeOffset Updated)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            times[reader.GetString(0)] = (reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));
        }

        return
        [
            .. messages.Where(message => times.ContainsKey(message.Id)).Select(message => new TaskMessage
            {
                Id = message.Id,
                TaskId = taskId,
                Content = message.Content,
                StreamingStatus = message.Status,
                CreatedAt = times[message.Id].Created,
                UpdatedAt = times[message.Id].Updated,
            }),
        ];
    }

    /// <summary>Closes what the agent began to say in a run that has ended, as it is; the messages that were open.</summary>
    public static async Task<IReadOnlyList<TaskMessage>> CloseAsync(NpgsqlConnection connection, string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            update messages set streaming_status = 'DONE', updated_at = $2 where task_id = $1 and streaming_status = 'IN_PROGRESS' and content ->> 'author' = 'agent'
            returning id, content::text, created_at, updated_at
            """, connection)
        {
            Parameters = { new() { Value = taskId }, new() { Value = Stored(now) } },
        };
        var closed = new List<TaskMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            closed.Add(new TaskMessage
            {
                Id = reader.GetString(0),
                TaskId = taskId,
                Content = Wire.FromJson<MessageContent>(reader.GetString(1)),
                StreamingStatus = StreamingStatus.Done,
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(2),
                UpdatedAt = reader.GetFieldValue<DateTimeOffset>(3),
            });
        }

        return closed;
    }

    /// <summary>What a message of text says so far; null when there is none.</summary>
    public static async Task<string?> TextAsync(NpgsqlConnection connection, string taskId, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select content->>'content' from messages where task_id = $1 and id = $2", connection)
        {
            Parameters = { new() { Value = taskId }, new() { Value = id } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Removes messages that an earlier attempt of a call began and the one that counts did not need.</summary>
    public static async Task RemoveAsync(NpgsqlConnection connection, string taskId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("delete from messages where task_id = $1 and id = any($2)", connection)
        {
            Parameters = { new() { Value = taskId }, new() { Value = ids.ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // People and programs are shown milliseconds; a finer time would make the order of two messages differ from what is shown.
    private static DateTimeOffset Stored(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
