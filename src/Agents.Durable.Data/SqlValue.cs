using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data;

/// <summary>Parameters of plain SQL, with the type said, so that a null has one too.</summary>
public static class SqlValue
{
    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    /// <param name="json">The text of JSON; null for SQL's null.</param>
    public static NpgsqlParameter Json(string? json) => new() { Value = json is null ? DBNull.Value : Storable.Json(json), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
