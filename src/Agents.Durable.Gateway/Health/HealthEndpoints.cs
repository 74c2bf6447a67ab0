using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Agents.Durable.Gateway.Health;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (HttpContext context) => context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["status"] = "ok" }, context.RequestAborted));
        routes.MapGet("/readyz", ReadyAsync);
        routes.MapGet("/healthcheck", ReadyAsync);
    }

    private static async Task ReadyAsync(HttpContext context, NpgsqlDataSource database, TimeProvider time)
    {
        var postgres = await CheckAsync(database, time, context.RequestAborted);
        context.Response.StatusCode = postgres.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(new Readiness(postgres.Healthy ? "ok" : "degraded", new Dictionary<string, Check> { ["postgres"] = postgres }), context.RequestAborted);
    }

    private static async Task<Check> CheckAsync(NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(linked.Token);
            return new Check(true);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new Check(false, e is OperationCanceledException ? "no answer in time" : e.GetType().Name);
        }
    }

    private sealed record Readiness(string Status, Dictionary<string, Check> Checks);

    private sealed record Check(bool Healthy, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
}
