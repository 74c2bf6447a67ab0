using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Keys;

/// <summary>The routes of agents' keys.</summary>
internal static class AgentKeyEndpoints
{
    private const int MostKeys = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/agent_api_keys", CreateAsync);
        routes.MapGet("/agent_api_keys", ListAsync);
        routes.MapPost("/agent_api_keys/webhook-trigger", CreateWebhookAsync);
        // Names of repositories have a slash.
        routes.MapGet("/agent_api_keys/name/{**name}", async (HttpContext context, string name, AgentKeyStore keys) =>
            await Answer.WriteAsync(context, ToWire(await NamedAsync(context, name, "get an agent api_key", keys))));
        routes.MapDelete("/agent_api_keys/name/{**name}", async (HttpContext context, string name, AgentKeyStore keys) =>
        {
            await keys.DeleteAsync((await NamedAsync(context, name, "delete an agent api_key", keys)).Id, context.RequestAborted);
            await Answer.WriteAsync(context, $"Agent api_key '{name}' deleted");
        });
        routes.MapGet("/agent_api_keys/{id}", async (HttpContext context, string id, AgentKeyStore keys) =>
            await Answer.WriteAsync(context, ToWire(await keys.GetAsync(id, context.RequestAborted))));
        routes.MapDelete("/agent_api_keys/{id}", async (HttpContext context, string id, AgentKeyStore keys) =>
        {
            // One that is not there is gone as well.
            await keys.DeleteAsync(id, context.RequestAborted);
            await Answer.WriteAsync(context, $"Agent API key with ID {id} deleted");
        });
    }

    private static async Task CreateAsync(HttpContext context, AgentKeyStore keys)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var (id, agentName) = (body.OptionalText("agent_id"), body.OptionalText("agent_name"));
        var name = body.Text("name");
        var type = body.ChoiceOr("api_key_type", AgentKeyType.External);
        var value = body.OptionalText("api_key");
        body.Problems.ThrowIfAny();
        try
        {
            var (row, key, _) = await keys.AddAsync(AgentKeyword.OneOf(id, agentName, "create an agent api_key"), name, type, value, context.RequestAborted);
            await Answer.WriteAsync(context, new CreatedAgentApiKey
            {
                Id = row.Id,
                AgentId = row.AgentId,
                CreatedAt = row.CreatedAt,
                Name = row.Name,
                ApiKeyType = row.ApiKeyType,
                ApiKey = key,
            });
        }
        catch (AgentKeyTakenException e)
        {
            throw new GatewayException(409, $"{NameOf(type)} agent API key '{name}' already exists for agent ID {e.AgentId}.");
        }
    }

    private static async Task ListAsync(HttpContext context, AgentKeyStore keys)
    {
        var query = QueryValues.Of(context);
        var (limit, page) = query.Paging(MostKeys);
        query.ThrowIfAny();
        var agent = AgentKeyword.OneOf(query.Text("agent_id"), query.Text("agent_name"), "list agent api_keys");
        await Answer.WriteAsync(context, (await keys.ListAsync(agent, limit, page, context.RequestAborted)).Select(ToWire).ToArray());
    }

    private static async Task CreateWebhookAsync(HttpContext context, AgentKeyStore keys, IOptions<GatewayOptions> options)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var agentName = body.Text("agent_name");
        var source = body.ChoiceOr("source", AgentKeyType.Github);
        var name = body.Text("name");
        var path = body.Text("forward_path");
        var (secret, given) = (body.OptionalText("secret"), body.OptionalText("base_url"));
        body.Problems.ThrowIfAny();
        if (source == AgentKeyType.Internal)
        {
            throw GatewayException.BadRequest("source must be 'github', 'slack', or 'external' for a webhook trigger.");
        }

        var (row, key, agent) = await AddWebhookAsync(keys, agentName, name, source, secret, context.RequestAborted);
        var webhookPath = $"/agents/forward/name/{agent.Name}/{string.Join('/', path.TrimStart('/').Split('/').Select(Uri.EscapeDataString))}";
        await Answer.WriteAsync(context, new WebhookTrigger
        {
            KeyId = row.Id,
            AgentName = agent.Name,
            Source = source,
            Name = name,
            Secret = key,
            WebhookPath = webhookPath,
            WebhookUrl = (string.IsNullOrEmpty(given) ? options.Value.PublicUrl : given) is { Length: > 0 } url ? url.TrimEnd('/') + webhookPath : null,
        });
    }

    private static async Task<(AgentKeyRow Row, string Value, AgentRow Agent)> AddWebhookAsync(
        AgentKeyStore keys, string agentName, string name, AgentKeyType source, string? secret, CancellationToken cancellationToken)
    {
        var agent = AgentKeyword.ByName(agentName);
        if (source == AgentKeyType.Slack && string.IsNullOrEmpty(secret))
        {
            // Slack signs with a secret of its own, so none can be made up; but first of all the agent must be there, and the name free.
            throw await keys.HasAsync(agent, name, source, cancellationToken)
                ? Taken()
                : GatewayException.BadRequest("Slack triggers must supply 'secret' set to the Slack app's Signing Secret (from your app credentials); it can't be generated.");
        }

        try
        {
            return await keys.AddAsync(agent, name, source, secret, cancellationToken);
        }
        catch (AgentKeyTakenException)
        {
            throw Taken();
        }

        GatewayException Taken() => new(409, $"A {NameOf(source)} webhook key named '{name}' already exists for this agent.");
    }

    // As error texts show it.
    private static string NameOf(AgentKeyType type) => $"AgentAPIKeyType.{EnumNames.Of(type).ToUpperInvariant()}";

    private static async Task<AgentKeyRow> NamedAsync(HttpContext context, string name, string purpose, AgentKeyStore keys)
    {
        var query = QueryValues.Of(context);
        var type = query.Choice<AgentKeyType>("api_key_type") ?? AgentKeyType.External;
        query.ThrowIfAny();
        return await keys.GetAsync(AgentKeyword.OneOf(query.Text("agent_id"), query.Text("agent_name"), purpose), name, type, context.RequestAborted);
    }

    private static AgentApiKey ToWire(AgentKeyRow row) => new()
    {
        Id = row.Id,
        AgentId = row.AgentId,
        CreatedAt = row.CreatedAt,
        Name = row.Name,
        ApiKeyType = row.ApiKeyType,
    };
}
