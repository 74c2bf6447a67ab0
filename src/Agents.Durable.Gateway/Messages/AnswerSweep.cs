using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Presence;
using Agents.Durable.Gateway.Tasks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agents.Durable.Gateway.Messages;

/// <summary>
/// Closes answers of synchronous agents whose gateway died: they are not asked for again. What was shown of them is what they come to, on the stream and
/// in the messages; of one that was stored and perhaps not told of, viewers are told.
/// </summary>
internal sealed partial class AnswerSweep(OpenAnswers answers, NpgsqlDataSource database, TaskNews news, TimeProvider time, ILogger<AnswerSweep> logger)
    : PeriodicWork(GatewayPresence.Beat, time, logger)
{
    protected override bool StartsAtOnce => true;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var lost in await LostAsync(cancellationToken))
        {
            try
            {
                await CloseAsync(lost, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && !DatabaseAbsence.IsCause(e))
            {
                // The next round tries it again; those behind it do not wait for that.
                LogNotClosed(e, lost.Id, lost.TaskId);
            }
        }
    }

    // Another's when that one was struck out, one's own when nothing of this process writes to it any more.
    private async Task<List<Lost>> LostAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT id, task_id, answered_by FROM messages
            WHERE answered_by IS NOT NULL AND (answered_by = $1 OR answered_by NOT IN (SELECT id FROM gateways))
            ORDER BY task_id, created_at, ordinal
            """);
        command.Parameters.Add(SqlValue.Text(answers.Writer));
        var lost = new List<Lost>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var found = new Lost(reader.GetString(0), reader.GetString(1), reader.GetString(2));
            if (found.Writer != answers.Writer || !answers.IsOpen(found.Id))
            {
                lost.Add(found);
            }
        }

        return lost;
    }

    private async Task CloseAsync(Lost lost, CancellationToken cancellationToken)
    {
        if (!await TakeAsync(lost, cancellationToken))
        {
            return;
        }

        var (message, last) = await ShownAsync(lost, cancellationToken);
        // The stream first: closed in the row alone, nobody would look for it again. And the stream says whether somebody who took it before came that far.
        if (last is not { IsTold: true })
        {
            TaskMessageUpdate end = last is { Index: var index }
                ? new MessageDone { Index = index, ParentTaskMessage = message }
                : new MessageFull { Index = await PlaceAsync(lost, cancellationToken), ParentTaskMessage = message, Content = message.Content };
            await news.PublishAsync(lost.TaskId, [end], cancellationToken);
            KillPoints.Pass("answer.after_told");
        }

        await using var command = database.CreateCommand(
            "UPDATE messages SET content = $2, streaming_status = $3, updated_at = $4, answered_by = NULL WHERE id = $1 AND answered_by = $5");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            SqlValue.Text(lost.Id), SqlValue.Json(Wire.ToJson(message.Content)), SqlValue.Text(message.StreamingStatus is { } status ? EnumNames.Of(status) : null), SqlValue.Time(message.UpdatedAt!.Value), SqlValue.Text(answers.Writer),
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
        LogClosed(lost.Id, lost.TaskId);
    }

    // Of several that find it one closes it; if that one dies, it is found under its name.
    private async Task<bool> TakeAsync(Lost lost, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE messages SET answered_by = $3 WHERE id = $1 AND answered_by = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { SqlValue.Text(lost.Id), SqlValue.Text(lost.Writer), SqlValue.Text(answers.Writer) });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>
    /// The message as it was stored when it was done, or else with what viewers have seen of it; and what they have seen last, null for nothing at all: a gateway
    /// that lives stores an answer before it says that it is done, and a sweep after.
    /// </summary>
    private async Task<(TaskMessage Message, Shown? Last)> ShownAsync(Lost lost, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(lost, cancellationToken);
        var parts = new AnswerParts();
        Shown? last = null;
        await using var command = database.CreateCommand("SELECT update FROM task_stream WHERE task_id = $1 AND strpos(update, $2) > 0 ORDER BY seq");
        command.Parameters.AddRange(new NpgsqlParameter[] { SqlValue.Text(lost.TaskId), SqlValue.Text($"\"{lost.Id}\"") });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (UpdateOf(reader.GetString(0)) is { } update && update.ParentTaskMessage?.Id == lost.Id)
            {
                if (update is MessageDone or MessageFull)
                {
                    return (stored.StreamingStatus is StreamingStatus.Done ? stored : update.ParentTaskMessage, new Shown(update.Index, IsTold: true));
                }

                last = new Shown(update.Index, IsTold: false);
                if (update is MessageDeltaUpdate { Delta: { } delta })
                {
                    parts.Add(delta);
                }
            }
        }

        return stored.StreamingStatus is StreamingStatus.Done
            ? (stored, last)
            : (stored with { Content = ContentOf(parts, stored.Content), StreamingStatus = StreamingStatus.Done, UpdatedAt = Time.GetUtcNow() }, last);
    }

    /// <summary>The index of a message that nobody was told of: those of one answer were stored at one time.</summary>
    private async Task<int> PlaceAsync(Lost lost, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT count(*) FROM messages own JOIN messages s ON s.task_id = own.task_id AND s.created_at = own.created_at AND s.ordinal < own.ordinal
            WHERE own.id = $1 AND s.content ->> 'author' = own.content ->> 'author'
            """);
        command.Parameters.Add(SqlValue.Text(lost.Id));
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<TaskMessage> StoredAsync(Lost lost, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT content, streaming_status, created_at, updated_at FROM messages WHERE id = $1");
        command.Parameters.Add(SqlValue.Text(lost.Id));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new TaskMessage
        {
            Id = lost.Id,
            TaskId = lost.TaskId,
            Content = Wire.FromJson<MessageContent>(reader.GetString(0)),
            StreamingStatus = await reader.IsDBNullAsync(1, cancellationToken) ? null : EnumNames.Parse<StreamingStatus>(reader.GetString(1)),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(2),
            UpdatedAt = reader.GetFieldValue<DateTimeOffset>(3),
        };
    }

    // Null for what else the stream carries: a task may name a message too.
    private static TaskMessageUpdate? UpdateOf(string frame)
    {
        try
        {
            return Wire.FromJson<TaskMessageUpdate>(frame);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static MessageContent ContentOf(AnswerParts parts, MessageContent started)
    {
        try
        {
            return parts.Content();
        }
        catch (AcpException)
        {
            // Half of something that must be JSON, or nothing yet.
            return started;
        }
    }

    private sealed record Lost(string Id, string TaskId, string Writer);

    /// <param name="IsTold">Viewers know that it is done.</param>
    private sealed record Shown(int? Index, bool IsTold);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} of task {TaskId} was closed with what had come of it: the gateway that was told it is gone.")]
    private partial void LogClosed(string messageId, string taskId);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} of task {TaskId} could not be closed; it is tried again.")]
    private partial void LogNotClosed(Exception exception, string messageId, string taskId);
}
