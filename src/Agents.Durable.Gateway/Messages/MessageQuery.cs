using System.Globalization;
using System.Text;
using System.Text.Json;
using Agents.Durable.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Gateway.Messages;

/// <summary>The SQL of a list of messages: the condition that a filter comes to, and the order by what is inside of contents.</summary>
internal sealed class MessageQuery
{
    private const string Shown = "jsonb_build_object('content', content, 'streaming_status', streaming_status)";
    private readonly StringBuilder _where = new("task_id = @task AND owner = @owner");
    private readonly List<NpgsqlParameter> _parameters;

    public MessageQuery(string taskId, string owner, MessageFilter filter)
    {
        _parameters = [new("task", taskId), new("owner", owner)];
        if (filter.Included.Count > 0)
        {
            _where.Append(CultureInfo.InvariantCulture, $" AND ({string.Join(" OR ", filter.Included.Select(PatternSql))})");
        }

        if (filter.Excluded.Count > 0)
        {
            _where.Append(CultureInfo.InvariantCulture, $" AND NOT ({string.Join(" OR ", filter.Excluded.Select(PatternSql))})");
        }
    }

    /// <summary>All messages that fit.</summary>
    public string Sql => $"SELECT * FROM messages WHERE {_where}";

    public object[] Parameters => [.. _parameters];

    /// <summary>The same with their places in this order as their ordinals: by the value at a path in the contents: nothing and null first, then numbers, texts, objects, lists, truth values; equals as they were made.</summary>
    public string InOrderOf(string[] path, bool descending)
    {
        var value = $"(content #> {Add(path, NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        var direction = descending ? "DESC" : "ASC";
        return $"""
            SELECT id, owner, task_id, content, streaming_status, created_at, updated_at, row_number() OVER (ORDER BY
                coalesce(array_position(ARRAY['null', 'number', 'string', 'object', 'array', 'boolean'], jsonb_typeof({value})), 1) {direction},
                CASE jsonb_typeof({value}) WHEN 'number' THEN ({value} #>> ARRAY[]::text[])::numeric END {direction}, ({value} #>> ARRAY[]::text[]) COLLATE "C" {direction}, ordinal) AS ordinal
            FROM messages WHERE {_where}
            """;
    }

    private string PatternSql(MessagePattern pattern) => pattern.Conditions.Count == 0 ? "true" : $"({string.Join(" AND ", pattern.Conditions.Select(ConditionSql))})";

    // The path goes through lists as well, to whatever element fits.
    private string ConditionSql(PatternCondition condition)
    {
        var path = $"${string.Concat(condition.Path.Select(step => $".{JsonSerializer.Serialize(step)}"))}";
        switch (condition.Value.ValueKind)
        {
            case JsonValueKind.Null:
                return $"NOT jsonb_path_exists({Shown}, {Add($"{path} ? (@ != null)", NpgsqlDbType.JsonPath)})";
            case JsonValueKind.Array:
                var list = Add(condition.Value.GetRawText(), NpgsqlDbType.Jsonb);
                var place = Add(condition.Path.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
                return $"({Shown} #> {place} = {list} OR {Shown} #> {place} @> jsonb_build_array({list}))";
            default:
                var values = Add(Wire.ToJson(new Dictionary<string, JsonElement> { ["v"] = condition.Value }), NpgsqlDbType.Jsonb);
                return $"jsonb_path_exists({Shown}, {Add($"{path} ? (@ == $v)", NpgsqlDbType.JsonPath)}, {values})";
        }
    }

    private string Add(object value, NpgsqlDbType type)
    {
        var name = $"p{_parameters.Count}";
        _parameters.Add(new NpgsqlParameter(name, type) { Value = value });
        return $"@{name}";
    }
}
