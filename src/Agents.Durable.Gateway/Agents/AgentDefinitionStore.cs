using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Agents;

/// <summary>Agents of our own, declarative ones and those of authors' code: made and changed by their definition. Turns that are under way end with the definition they began with.</summary>
internal sealed class AgentDefinitionStore(DataContext data, AgentDirectory agents, TimeProvider time)
{
    /// <exception cref="ValidationException">The name or the definition is not valid.</exception>
    /// <exception cref="GatewayException">The name is an agent's of another kind.</exception>
    public async Task<Agent> PutAsync(string name, Fields body, CancellationToken cancellationToken)
    {
        var kind = Check(name, body);
        var now = time.GetUtcNow();
        var known = await data.Agents.SingleOrDefaultAsync(row => row.Name == name, cancellationToken);
        if (known is { Status: not AgentStatus.Deleted } && known.Kind != kind)
        {
            // Its tasks run, or wait for, a workflow of another type.
            throw GatewayException.BadRequest($"Agent {name} is not a {Word(kind)} agent but a {Word(known.Kind)} one: take another name, or delete it first");
        }

        if (known is null)
        {
            known = new AgentRow { Id = Guid.CreateVersion7(now).ToString(), Name = name, Description = "", CreatedAt = now };
            data.Agents.Add(known);
        }

        known.Kind = kind;
        known.Description = body.OptionalText("description") ?? "";
        known.Definition = body.Element;
        known.AcpType = AcpType.Async;
        known.AcpUrl = null;
        known.Status = AgentStatus.Ready;
        known.StatusReason = "Agent defined.";
        known.RegisteredAt = known.UpdatedAt = now;
        await data.SaveChangesAsync(cancellationToken);
        return known.ToWire();
    }

    /// <exception cref="GatewayException">There is no such agent, or it has no definition.</exception>
    public async Task<JsonElement> GetAsync(string name, CancellationToken cancellationToken) =>
        (await agents.GetAsync(AgentKeyword.ByName(name), cancellationToken)).Definition ?? throw GatewayException.Gone("Definition of agent", name);

    private static string Word(AgentKind kind) => kind switch { AgentKind.Code => "code", AgentKind.Acp => "remote", _ => "declarative" };

    private static AgentKind Check(string name, Fields body)
    {
        if (!AgentNames.Pattern().IsMatch(name))
        {
            body.Problems.Add("path.name", "string_pattern_mismatch", $"String should match pattern '{AgentNames.Pattern()}'");
        }

        var reader = new DefinitionReader();
        var definition = reader.Read(body.Element);
        foreach (var error in reader.Errors)
        {
            body.Problems.Add($"body.{error.Path}", "definition", error.Problem);
        }

        if (definition is { IsCode: true } && name == AgentWorkflows.TaskQueue)
        {
            body.Problems.Add("path.name", "definition", "is the queue of declarative agents");
        }

        body.Problems.ThrowIfAny();
        return definition!.IsCode ? AgentKind.Code : AgentKind.React;
    }
}
