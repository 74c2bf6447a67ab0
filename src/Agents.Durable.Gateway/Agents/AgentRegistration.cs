using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Deployments;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Agents;

/// <summary>Registers agents: an upsert by name, or by id where the agent knows its own.</summary>
internal sealed class AgentRegistration(DataContext data, AgentKeys keys, LostMail lost, AgentProbes probes, DeploymentStore deployments, DeploymentHistory history, TimeProvider time)
{
    /// <exception cref="GatewayException">There is no agent of the id that was given, or the caller is another agent.</exception>
    public async Task<RegisteredAgent> RegisterAsync(Fields body, Caller caller, CancellationToken cancellationToken)
    {
        var wanted = Wanted.Of(body);
        var known = await KnownAsync(wanted.Id, wanted.Name, cancellationToken);
        if (caller.AgentId is { } self && known?.Id != self)
        {
            // An agent's key is proof for that agent alone.
            throw new GatewayException(403, "An agent registers itself only");
        }

        if (wanted.DeploymentId is { } deployment)
        {
            // The process is one version of the agent: the agent itself changes when that version is promoted.
            known ??= await AddAsync(NewAgent(wanted), cancellationToken);
            await deployments.ReadyAsync(known, deployment, wanted.AcpUrl, wanted.Metadata!.Value, cancellationToken);
        }
        else
        {
            known = known is null ? await AddAsync(NewAgent(wanted), cancellationToken) : await ChangeAsync(known, wanted, cancellationToken);
            await history.NoteAsync(known, cancellationToken);
        }

        await probes.ForgetAsync(known.Id, cancellationToken);
        await lost.ResendAsync(known.Id, cancellationToken);
        return known.ToWire(await EnsureKeyAsync(known, cancellationToken));
    }

    private async Task<AgentRow> ChangeAsync(AgentRow known, Wanted wanted, CancellationToken cancellationToken)
    {
        if (Changes(known, wanted))
        {
            known.RegisteredAt = known.UpdatedAt = time.GetUtcNow();
            try
            {
                await data.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // The new name is another agent's.
                throw GatewayException.Taken();
            }

            await deployments.DemoteAsync(known.Id, null, cancellationToken);
        }

        return known;
    }

    /// <summary>A placeholder for an agent that is built but does not run yet; an agent that is known stays as it is.</summary>
    public async Task<Agent> RegisterBuildAsync(Fields body, CancellationToken cancellationToken)
    {
        var name = body.Text("name", AgentNames.Pattern());
        var agent = new AgentRow
        {
            Id = Guid.CreateVersion7().ToString(),
            Kind = AgentKind.Acp,
            Name = name,
            Description = body.Text("description"),
            Status = AgentStatus.BuildOnly,
            StatusReason = "Agent build registered; not yet deployed.",
            AcpType = AcpType.Async,
            RegistrationMetadata = body.OptionalObject("registration_metadata"),
            AgentInputType = body.OptionalChoice<AgentInputType>("agent_input_type"),
            CreatedAt = time.GetUtcNow(),
            UpdatedAt = time.GetUtcNow(),
        };
        body.Problems.ThrowIfAny();
        return (await KnownAsync(null, name, cancellationToken) ?? await AddAsync(agent, cancellationToken)).ToWire();
    }

    private async Task<AgentRow?> KnownAsync(string? id, string name, CancellationToken cancellationToken) => id is null
        ? await data.Agents.SingleOrDefaultAsync(row => row.Name == name, cancellationToken)
        : await data.Agents.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) ?? throw GatewayException.UnknownId(id);

    private AgentRow NewAgent(Wanted wanted) => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        Kind = AgentKind.Acp,
        Name = wanted.Name,
        Description = wanted.Description,
        Status = AgentStatus.Ready,
        StatusReason = Wanted.Reason,
        AcpType = wanted.AcpType,
        AcpUrl = wanted.AcpUrl,
        RegistrationMetadata = wanted.Metadata,
        AgentInputType = wanted.InputType,
        RegisteredAt = time.GetUtcNow(),
        CreatedAt = time.GetUtcNow(),
        UpdatedAt = time.GetUtcNow(),
    };

    // Two processes of one agent may register at the same moment: the second one takes the row of the first.
    private async Task<AgentRow> AddAsync(AgentRow agent, CancellationToken cancellationToken)
    {
        data.Agents.Add(agent);
        try
        {
            await data.SaveChangesAsync(cancellationToken);
            return agent;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            data.Entry(agent).State = EntityState.Detached;
            return await data.Agents.SingleAsync(row => row.Name == agent.Name, cancellationToken);
        }
    }

    private static bool Changes(AgentRow row, Wanted wanted)
    {
        var metadata = Merged(row.RegistrationMetadata, wanted.Metadata);
        var input = wanted.InputType ?? row.AgentInputType;
        var same = row.Name == wanted.Name && row.Description == wanted.Description && row.AcpUrl == wanted.AcpUrl && row.AcpType == wanted.AcpType
            && row.Status == AgentStatus.Ready && row.ProductionDeploymentId is null && row.Kind == AgentKind.Acp && row.AgentInputType == input && Same(row.RegistrationMetadata, metadata);
        if (same)
        {
            return false;
        }

        row.Name = wanted.Name;
        row.Description = wanted.Description;
        row.AcpUrl = wanted.AcpUrl;
        row.AcpType = wanted.AcpType;
        row.Kind = AgentKind.Acp;
        row.Definition = null;
        row.ProductionDeploymentId = null;
        row.Status = AgentStatus.Ready;
        row.StatusReason = Wanted.Reason;
        row.AgentInputType = input;
        row.RegistrationMetadata = metadata;
        return true;
    }

    // Key by key; what a key holds is replaced.
    private static JsonElement? Merged(JsonElement? old, JsonElement? added)
    {
        if (old is not { } before || added is not { } after)
        {
            return old ?? added;
        }

        var all = before.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
        foreach (var property in after.EnumerateObject())
        {
            all[property.Name] = property.Value;
        }

        return Wire.Element(Wire.ToJson(all));
    }

    private static bool Same(JsonElement? a, JsonElement? b) => a is { } one && b is { } other ? JsonElement.DeepEquals(one, other) : a is null && b is null;

    private async Task<string> EnsureKeyAsync(AgentRow agent, CancellationToken cancellationToken)
    {
        var key = await keys.KeyOfAsync(agent, cancellationToken);
        var hash = Secrets.HashOf(key);
        if (!await data.AgentKeys.AnyAsync(row => row.AgentId == agent.Id && row.KeyHash == hash, cancellationToken))
        {
            data.AgentKeys.Add(new AgentKeyRow
            {
                Id = Guid.CreateVersion7().ToString(),
                AgentId = agent.Id,
                Name = $"{agent.Name}-api-key",
                ApiKeyType = AgentKeyType.Internal,
                KeyHash = hash,
                CreatedAt = time.GetUtcNow(),
            });
            try
            {
                await data.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // The same key, stored by another registration of this agent.
            }
        }

        return key;
    }

    private sealed record Wanted(string? Id, string Name, string Description, string AcpUrl, AcpType AcpType, JsonElement? Metadata, AgentInputType? InputType)
    {
        public const string Reason = "Agent registered successfully.";

        /// <summary>The version of the agent that this process is, if it says so.</summary>
        public string? DeploymentId => Metadata is { } metadata && metadata.TryGetProperty("deployment_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

        public static Wanted Of(Fields body)
        {
            var wanted = new Wanted(
                body.OptionalText("agent_id") is { Length: > 0 } id ? id : null,
                body.Text("name", AgentNames.Pattern()),
                body.Text("description"),
                body.Text("acp_url"),
                body.Choice<AcpType>("acp_type"),
                body.OptionalObject("registration_metadata"),
                body.OptionalChoice<AgentInputType>("agent_input_type"));
            body.Problems.ThrowIfAny();
            return wanted;
        }
    }
}
