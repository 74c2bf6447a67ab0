using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Finds out who calls, before an endpoint that wants to know runs.</summary>
internal sealed class AuthenticationLayer(RequestDelegate next, IOptions<AuthOptions> options, AgentKeys agentKeys, DataContexts contexts)
{
    private static readonly OwnerId s_developer = new("dev");

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CallerRequired>() is null)
        {
            await next(context);
            return;
        }

        var (caller, refusal) = await FindAsync(context);
        if (caller is null)
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status401Unauthorized, refusal);
            return;
        }

        context.Features.Set(caller);
        context.RequestServices.GetRequiredService<OwnerScope>().Set(caller.Owner);
        await next(context);
    }

    private async Task<(Caller? Caller, string Refusal)> FindAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var ignoresAgentKey = context.GetEndpoint()!.Metadata.GetMetadata<AgentKeyIgnored>() is not null;
        if (!ignoresAgentKey && context.Request.Headers["x-agent-api-key"].ToString() is { Length: > 0 } agentKey)
        {
            return (await agentKeys.FindAsync(agentKey, cancellationToken), "Agent Unauthorized");
        }

        if (options.Value.Mode == AuthMode.Development)
        {
            return (new Caller(s_developer, null), "");
        }

        return (KeyOf(context.Request) is { } key ? await OwnerOfAsync(key, cancellationToken) : null, "Unauthorized");
    }

    private async Task<Caller?> OwnerOfAsync(string key, CancellationToken cancellationToken)
    {
        var hash = Secrets.HashOf(key);
        await using var data = contexts.ForEveryone();
        var row = await data.AccessKeys.AsNoTracking().SingleOrDefaultAsync(row => row.KeyHash == hash && row.RevokedAt == null, cancellationToken);
        return row is null ? null : new Caller(new OwnerId(row.Owner), null);
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        if (request.Headers["x-api-key"].ToString() is { Length: > 0 } key)
        {
            return key;
        }

        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : null;
    }
}
