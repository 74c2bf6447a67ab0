using Agents.Durable.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>
/// What a page of some site may do: nothing, unless its origin is listed. Without this any page that a person opens could drive the agents on their machine;
/// the check of the Host header keeps names out that an attacker points at the loopback address.
/// </summary>
internal sealed class BrowserGuard(RequestDelegate next, IOptions<AuthOptions> options)
{
    private const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY";
    private static readonly string[] s_loopback = ["localhost", "127.0.0.1", "[::1]"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (options.Value.Mode == AuthMode.Development && !IsKnown(context.Request.Host))
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status421MisdirectedRequest, "Host not allowed");
            return;
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            await next(context);
            return;
        }

        var preflight = HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.ContainsKey("access-control-request-method");
        if (!IsAllowed(origin, context.Request))
        {
            await (preflight
                ? TextAsync(context, StatusCodes.Status400BadRequest, "Disallowed CORS origin")
                : ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status403Forbidden, "Origin not allowed"));
            return;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.Vary = "Origin";
        if (!preflight)
        {
            await next(context);
            return;
        }

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlMaxAge = "600";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        await TextAsync(context, StatusCodes.Status200OK, "OK");
    }

    private bool IsKnown(HostString host) =>
        s_loopback.Contains(host.Host, StringComparer.OrdinalIgnoreCase) || options.Value.AllowedHosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase);

    private bool IsAllowed(string origin, HttpRequest request) =>
        origin == $"{request.Scheme}://{request.Host}" || options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    private static async Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
