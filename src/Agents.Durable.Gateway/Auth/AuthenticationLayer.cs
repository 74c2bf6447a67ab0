using System.Net;
using System.Text.Json;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Finds out who calls, before an endpoint that wants to know runs.</summary>
internal sealed class AuthenticationLayer(RequestDelegate next, IOptions<AuthOptions> options, AgentKeys agentKeys, KnownAccessKeys accessKeys, JwtTokens tokens, RateLimits limits)
{
    private const string Unauthorized = "Unauthorized";
    private const string AgentUnauthorized = "Agent Unauthorized";
    private static readonly Caller s_developer = new(new OwnerId("dev"), null) { IsOperator = true };

    private bool IsDevelopment => options.Value.Mode == AuthMode.Development;

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsDevelopment && context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status403Forbidden, "Development mode serves this machine only");
            return;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<CallerRequired>() is null)
        {
            await next(context);
            return;
        }

        if (!IsDevelopment && !limits.IsHeard(context.Connection.RemoteIpAddress))
        {
            await RefuseForNowAsync(context);
            return;
        }

        var (caller, refusal) = await FindAsync(context);
        if (caller is null)
        {
            limits.TryRefuse(context.Connection.RemoteIpAddress);
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status401Unauthorized, refusal);
            return;
        }

        if (caller.EnrolsOnly && !IsEnrolment(context))
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status403Forbidden, "This key registers agents only");
            return;
        }

        if (!IsDevelopment && !limits.TryServe(caller))
        {
            await RefuseForNowAsync(context);
            return;
        }

        context.Features.Set(caller);
        context.RequestServices.GetRequiredService<OwnerScope>().Set(caller.Owner);
        await next(context);
    }

    private async Task<(Caller? Caller, string Refusal)> FindAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var enrols = IsEnrolment(context);
        if (!(enrols && IsDevelopment) && context.Request.Headers["x-agent-api-key"].ToString() is { Length: > 0 } agentKey)
        {
            return (await agentKeys.FindAsync(agentKey, cancellationToken), AgentUnauthorized);
        }

        if (IsDevelopment)
        {
            // An id is no proof of anything, so it gives nothing; but one that is nobody's is refused as Agentex does.
            var isNobody = !enrols && context.Request.Headers["x-agent-identity"].ToString() is { Length: > 0 } id && !await agentKeys.IsAgentAsync(id, cancellationToken);
            return (isNobody ? null : s_developer, AgentUnauthorized);
        }

        var key = KeyOf(context.Request) ?? KeyInQueryOf(context) ?? (enrols ? await TokenInBodyAsync(context) : null);
        return key is null ? (null, Unauthorized) : (await accessKeys.FindAsync(key, cancellationToken) ?? await tokens.FindAsync(key, cancellationToken), Unauthorized);
    }

    private static async Task RefuseForNowAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests");
    }

    private static bool IsEnrolment(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Enrolment>() is not null;

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

    private static string? KeyInQueryOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<KeyInQuery>() is not null && context.Request.Query["access_token"].ToString() is { Length: > 0 } key ? key : null;

    // principal_context.token; whatever else is wrong with the body is the endpoint's business.
    private static async Task<string?> TokenInBodyAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            return body.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("principal_context", out var principal)
                && principal.ValueKind == JsonValueKind.Object && principal.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String
                    ? token.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            context.Request.Body.Position = 0;
        }
    }
}
