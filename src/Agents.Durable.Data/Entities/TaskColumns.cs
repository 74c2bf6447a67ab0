using System.Text.Json;
using Agents.Durable.Contracts;
using Npgsql;

namespace Agents.Durable.Data.Entities;

/// <summary>Tasks in plain SQL, for the paths that every call takes.</summary>
public static class TaskColumns
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string All = "id, owner, name, status, status_reason, params::text, task_metadata::text, cleaned_at, created_at, updated_at, agent_id, mailbox_position";

    /// <param name="first">The place of the first of the columns.</param>
    public static TaskRow Read(NpgsqlDataReader reader, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new TaskRow
        {
            Id = reader.GetString(first),
            Owner = reader.GetString(first + 1),
            Name = Text(reader, first + 2),
            Status = EnumNames.Parse<AgentTaskStatus>(reader.GetString(first + 3)),
            StatusReason = Text(reader, first + 4),
            Params = Json(reader, first + 5),
            TaskMetadata = Json(reader, first + 6),
            CleanedAt = reader.IsDBNull(first + 7) ? null : reader.GetFieldValue<DateTimeOffset>(first + 7),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(first + 8),
            UpdatedAt = reader.GetFieldValue<DateTimeOffset>(first + 9),
            AgentId = reader.GetString(first + 10),
            MailboxPosition = reader.GetInt64(first + 11),
        };
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static JsonElement? Json(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : Wire.Element(reader.GetString(column));
}
