using Agents.Durable.Data;
using Agents.Durable.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Gateway.Errors;

/// <summary>Around all routes: turns exceptions into answers, and gives unknown paths and methods a body.</summary>
internal sealed partial class ErrorLayer(RequestDelegate next, IOptions<GatewayOptions> options, ILogger<ErrorLayer> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaxBodyBytes;
        }

        try
        {
            // A statement that fails for such a text spoils its connection for others.
            if (context.Request.Path.Value!.Contains('\0', StringComparison.Ordinal) || context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
            {
                throw GatewayException.Unstorable();
            }

            if (!await RedirectedAsync(context))
            {
                await next(context);
            }
        }
        catch (GatewayException e) when (!context.Response.HasStarted)
        {
            await ErrorAnswers.WriteAsync(context, e);
        }
        catch (ValidationException e) when (!context.Response.HasStarted)
        {
            await ErrorAnswers.WriteAsync(context, e);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ErrorAnswers.WriteDetailAsync(context, e.StatusCode, e.Message);
        }
        catch (Exception e) when (HasUnstorableText(e) && !context.Response.HasStarted)
        {
            await ErrorAnswers.WriteAsync(context, GatewayException.Unstorable());
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to tell.
        }
        catch (Exception e) when (DatabaseAbsence.IsCause(e) && !context.Response.HasStarted)
        {
            LogDatabaseAway(context.Request.Method, context.Request.Path, e.GetBaseException().Message);
            context.Response.Headers.RetryAfter = "1";
            await ErrorAnswers.WriteAsync(context, new GatewayException(StatusCodes.Status503ServiceUnavailable, "The database is away. What was asked may have been done: repeat it with the same Idempotency-Key."));
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.Request.Method, context.Request.Path);
            await ErrorAnswers.WriteAsync(context, new GatewayException(StatusCodes.Status500InternalServerError, "Internal Server Error"));
        }

        await DescribeAsync(context);
    }

    private static bool HasUnstorableText(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter;

    // A path with a slash too many is the path without, as a redirect that keeps method and body.
    private static async Task<bool> RedirectedAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.Length < 2 || path[^1] != '/' || context.GetEndpoint() is not { } endpoint || !IsOurs(endpoint))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}{context.Request.QueryString}";
        await context.Response.CompleteAsync();
        return true;
    }

    // Routing has an endpoint of its own for a known path with a wrong method.
    private static bool IsOurs(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<CallerRequired>() is not null || endpoint.DisplayName?.StartsWith("405", StringComparison.Ordinal) == true;

    private static async Task DescribeAsync(HttpContext context)
    {
        var response = context.Response;
        // As recorded: the probe's path alone has no body here.
        if (context.Request.Path == "/healthz" || response.HasStarted || response.ContentLength is not null || response.ContentType is not null || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
        {
            await ErrorAnswers.WriteDetailAsync(context, response.StatusCode, response.StatusCode == StatusCodes.Status404NotFound ? "Not Found" : "Method Not Allowed");
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} failed, because the database is away: {Reason}")]
    private partial void LogDatabaseAway(string method, string path, string reason);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailed(Exception exception, string method, string path);
}
