using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Records;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Messages;

/// <summary>Stores and reads messages. Times are kept in milliseconds; the answer to a creation shows them as they were given.</summary>
internal sealed class MessageStore(DataContext data, OwnerScope scope, NpgsqlDataSource database, OpenAnswers answers, TimeProvider time)
{
    /// <summary>The time between two messages of a batch whose base time was given.</summary>
    private static readonly TimeSpan s_batchStep = TimeSpan.FromMilliseconds(1);

    public async Task<TaskMessage> AddAsync(string taskId, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken) =>
        (await AddAsync(taskId, [content], status, null, cancellationToken))[0];

    /// <summary>Stores messages in this order, all or none.</summary>
    /// <param name="createdAt">Of the first one; null for now.</param>
    public async Task<TaskMessage[]> AddAsync(
        string taskId, IReadOnlyList<MessageContent> contents, StreamingStatus? status, DateTimeOffset? createdAt, CancellationToken cancellationToken) =>
        await AddAsync(taskId, contents, status, createdAt, isAnswer: false, cancellationToken);

    /// <summary>Stores the beginning of a message that an agent is saying; until <see cref="LeaveAsync"/> it is this process's to write and to tell of.</summary>
    /// <returns>The message, and the end of storing it.</returns>
    public (TaskMessage Message, Task Stored) Begin(string taskId, MessageContent content, CancellationToken cancellationToken)
    {
        var begun = New(taskId, [content], null, null);
        return (begun[0], StoreAsync(taskId, begun, null, isAnswer: true, cancellationToken));
    }

    /// <summary>Stores messages that an agent has said, in this order, all or none; until <see cref="LeaveAsync"/> they are this process's to tell of.</summary>
    public Task<TaskMessage[]> AnswerAsync(string taskId, IReadOnlyList<MessageContent> contents, StreamingStatus? status, CancellationToken cancellationToken) =>
        AddAsync(taskId, contents, status, null, isAnswer: true, cancellationToken);

    /// <summary>Stores what a message that was begun has come to. It stays this process's until viewers were told.</summary>
    /// <exception cref="GatewayException">There is no such message in this task.</exception>
    public async Task<TaskMessage> FinishAsync(string taskId, string id, MessageContent content, CancellationToken cancellationToken) =>
        // The last word is not lost for a database that is away for a moment; said twice, it is the same.
        await DatabaseAbsence.OutlastAsync(() => TryUpdateAsync(taskId, id, content, StreamingStatus.Done, answers.Writer, cancellationToken), time, cancellationToken)
        ?? throw GatewayException.UnknownId(id);

    /// <summary>Nothing more comes of messages that were begun, nor is anything to be told of them: they stay as they are.</summary>
    public async Task LeaveAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await DatabaseAbsence.OutlastAsync(
            async () =>
            {
                await using var command = database.CreateCommand("UPDATE messages SET answered_by = NULL WHERE id = ANY($1) AND answered_by = $2");
                command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = ids.ToArray() }, SqlValue.Text(answers.Writer) });
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            time,
            cancellationToken);
        Abandon(ids);
    }

    /// <summary>This gateway writes no more to messages that were begun: what is not finished is closed with what viewers have seen of it.</summary>
    public void Abandon(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            answers.Close(id);
        }
    }

    private async Task<TaskMessage[]> AddAsync(
        string taskId, IReadOnlyList<MessageContent> contents, StreamingStatus? status, DateTimeOffset? createdAt, bool isAnswer, CancellationToken cancellationToken)
    {
        var added = New(taskId, contents, status, createdAt);
        if (added.Length > 0)
        {
            await StoreAsync(taskId, added, status, isAnswer, cancellationToken);
        }

        return added;
    }

    private TaskMessage[] New(string taskId, IReadOnlyList<MessageContent> contents, StreamingStatus? status, DateTimeOffset? createdAt)
    {
        var first = createdAt ?? time.GetUtcNow();
        return [.. contents.Select((content, index) =>
        {
            var at = createdAt is null ? first : first + (index * s_batchStep);
            return new TaskMessage { Id = ShortId.New(at), TaskId = taskId, Content = content, StreamingStatus = status, CreatedAt = at, UpdatedAt = at };
        })];
    }

    private async Task StoreAsync(string taskId, TaskMessage[] added, StreamingStatus? status, bool isAnswer, CancellationToken cancellationToken)
    {
        foreach (var answer in isAnswer ? added : [])
        {
            answers.Open(answer.Id!);
        }

        try
        {
            // Again after a lost connection, it is either there or is stored now: the ids are these messages' own.
            await DatabaseAbsence.OutlastAsync(() => InsertAsync(taskId, added, status, isAnswer, cancellationToken), time, cancellationToken);
        }
        catch
        {
            // The caller does not know the ids; what is there all the same is closed.
            Abandon(added.Select(message => message.Id!));
            throw;
        }
    }

    private async Task<int> InsertAsync(string taskId, TaskMessage[] added, StreamingStatus? status, bool isAnswer, CancellationToken cancellationToken)
    {
        // The ordinals decide among equal times, and are given in the order of the rows.
        await using var statement = await PreparedStatement.OnAsync(
            database,
            """
            INSERT INTO messages (id, owner, task_id, content, streaming_status, created_at, updated_at, answered_by)
            SELECT g.id, $2, $1, g.content::jsonb, $3, g.at, g.at, $7 FROM unnest($4::text[], $5::text[], $6::timestamptz[]) WITH ORDINALITY AS g(id, content, at, n) ORDER BY g.n
            ON CONFLICT (id) DO NOTHING
            """,
            [
                SqlValue.Text(taskId), SqlValue.Text(scope.Owner.Value), SqlValue.Text(NameOf(status)),
                new() { Value = Array.ConvertAll(added, message => message.Id) }, new() { Value = Array.ConvertAll(added, message => Storable.Json(Wire.ToJson(message.Content))) },
                new() { Value = Array.ConvertAll(added, message => Stored(message.CreatedAt!.Value)) }, SqlValue.Text(isAnswer ? answers.Writer : null),
            ],
            cancellationToken);
        return await statement.ExecuteAsync(cancellationToken);
    }

    /// <summary>Replaces a message's content; an absent status leaves the one it has.</summary>
    /// <exception cref="GatewayException">There is no such message in this task.</exception>
    public async Task<TaskMessage> UpdateAsync(string taskId, string id, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken) =>
        await TryUpdateAsync(taskId, id, content, status, cancellationToken) ?? throw GatewayException.UnknownId(id);

    /// <inheritdoc cref="UpdateAsync"/>
    /// <returns>Null when there is no such message in this task.</returns>
    public Task<TaskMessage?> TryUpdateAsync(string taskId, string id, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken) =>
        TryUpdateAsync(taskId, id, content, status, null, cancellationToken);

    // With a status somebody has said what the message comes to: nobody else's word is waited for, but the teller still has to tell of it.
    private async Task<TaskMessage?> TryUpdateAsync(
        string taskId, string id, MessageContent content, StreamingStatus? status, string? teller, CancellationToken cancellationToken)
    {
        var now = Stored(time.GetUtcNow());
        await using var statement = await PreparedStatement.OnAsync(
            database,
            """
            UPDATE messages SET content = $4, streaming_status = coalesce($5, streaming_status), updated_at = $6,
                answered_by = CASE WHEN $5 IS NULL OR answered_by = $7 THEN answered_by END
            WHERE id = $1 AND task_id = $2 AND owner = $3 RETURNING streaming_status, created_at
            """,
            [
                SqlValue.Text(id), SqlValue.Text(taskId), SqlValue.Text(scope.Owner.Value), SqlValue.Json(Wire.ToJson(content)), SqlValue.Text(NameOf(status)), SqlValue.Time(now),
                SqlValue.Text(teller),
            ],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken)
            ? null
            : new TaskMessage
            {
                Id = id,
                TaskId = taskId,
                Content = content,
                StreamingStatus = await reader.IsDBNullAsync(0, cancellationToken) ? null : EnumNames.Parse<StreamingStatus>(reader.GetString(0)),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(1),
                UpdatedAt = now,
            };
    }

    /// <exception cref="GatewayException">There is no such message.</exception>
    public async Task<TaskMessage> GetAsync(string id, CancellationToken cancellationToken) =>
        (await data.Messages.AsNoTracking().GetAsync(id, cancellationToken)).ToWire();

    private static string? NameOf(StreamingStatus? status) => status is { } given ? EnumNames.Of(given) : null;

    /// <summary>A time as rows keep it.</summary>
    internal static DateTimeOffset Stored(DateTimeOffset at)
    {
        var utc = at.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
