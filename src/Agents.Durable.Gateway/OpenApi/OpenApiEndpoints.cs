using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.OpenApi;

/// <summary>The description of the API, for programs and for people.</summary>
internal static class OpenApiEndpoints
{
    // The original answers at these addresses itself; the package's own page would be a redirection away.
    private const string Page =
        """
        <!doctype html><html lang="en">
        <head><meta charset="utf-8"><title>Agentex API</title><link rel="stylesheet" href="/swagger-ui/swagger-ui.css"></head>
        <body><div id="swagger-ui"></div><script src="/swagger-ui/swagger-ui-bundle.js"></script>
        <script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', docExpansion: 'none', deepLinking: true })</script></body>
        </html>
        """;

    /// <summary>What the page is made of.</summary>
    public static IApplicationBuilder UseAssets(IApplicationBuilder app) => app.UseSwaggerUI(options =>
    {
        options.RoutePrefix = "swagger-ui";
        options.SwaggerEndpoint("/openapi.json", "Agentex API");
    });

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi.json", async (HttpContext context, OpenApiDocument document) =>
        {
            context.Response.ContentType = Answer.Json;
            context.Response.ContentLength = document.Bytes.Length;
            await context.Response.Body.WriteAsync(document.Bytes, context.RequestAborted);
        }).ExcludeFromDescription();
        foreach (var path in new[] { "/swagger", "/api" })
        {
            routes.MapGet(path, () => Results.Content(Page, "text/html; charset=utf-8")).ExcludeFromDescription();
        }
    }
}
