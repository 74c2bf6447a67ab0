using Agents.Durable.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Who sent a request: an owner, or an agent of that owner.</summary>
/// <param name="AgentId">The agent whose key was shown.</param>
public sealed record Caller(OwnerId Owner, string? AgentId)
{
    /// <summary>May manage the owner's access keys.</summary>
    public bool IsOperator { get; init; }

    /// <summary>May register agents and nothing else.</summary>
    public bool EnrolsOnly { get; init; }
}

/// <summary>Marks endpoints that only authenticated callers reach.</summary>
public static class CallerAccess
{
    /// <summary>Requests of these endpoints have a caller, and the owner of their scope is set before they run.</summary>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new CallerRequired()));
        return builder;
    }

    /// <exception cref="InvalidOperationException">The endpoint was mapped without <see cref="RequireCaller"/>.</exception>
    public static Caller GetCaller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint does not require a caller: map it with RequireCaller.");
}

/// <summary>Metadata of endpoints with a caller.</summary>
internal sealed class CallerRequired;

/// <summary>
/// Metadata of streams: a browser opens them without headers of the page's choice, so their callers may show key or token in the query as <c>access_token</c>, where
/// SignalR's client puts it. Addresses get into logs and histories, hence nowhere else.
/// </summary>
internal sealed class KeyInQuery;

/// <summary>
/// Metadata of the registration of agents. In Development any agent key is taken without looking at it, because processes show those of before;
/// otherwise the caller may also prove itself by a token inside the body's <c>principal_context</c>, since agents send no other header.
/// </summary>
internal sealed class Enrolment;
