using System.Text.Json;
using Agents.Durable.Contracts;
using Npgsql;

namespace Agents.Durable.Data.Entities;

/// <summary>Agents in plain SQL, for the paths that every call takes; without their definitions, which may be long and are read by runs alone.</summary>
public static class AgentColumns
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string All = """
        id, owner, kind, name, description, status, status_reason, acp_type, acp_url, docker_image, registration_metadata::text, registered_at, agent_input_type,
        production_deployment_id, key_version, created_at, updated_at
        """;

    public static AgentRow Read(NpgsqlDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new AgentRow
        {
            Id = reader.GetString(0),
            Owner = reader.GetString(1),
            Kind = EnumNames.Parse<AgentKind>(reader.GetString(2)),
            Name = reader.GetString(3),
            Description = reader.GetString(4),
            Status = EnumNames.Parse<AgentStatus>(reader.GetString(5)),
            StatusReason = Text(reader, 6),
            AcpType = EnumNames.Parse<AcpType>(reader.GetString(7)),
            AcpUrl = Text(reader, 8),
            DockerImage = Text(reader, 9),
            RegistrationMetadata = Json(reader, 10),
            RegisteredAt = reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
            AgentInputType = Text(reader, 12) is { } input ? EnumNames.Parse<AgentInputType>(input) : null,
            ProductionDeploymentId = Text(reader, 13),
            KeyVersion = reader.GetInt32(14),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(15),
            UpdatedAt = reader.GetFieldValue<DateTimeOffset>(16),
        };
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static JsonElement? Json(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : Wire.Element(reader.GetString(column));
}
