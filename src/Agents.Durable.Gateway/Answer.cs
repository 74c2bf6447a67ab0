using Agents.Durable.Contracts;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway;

/// <summary>JSON answers.</summary>
internal static class Answer
{
    public const string Json = "application/json";

    public static async Task WriteAsync<T>(HttpContext context, T body, int status = StatusCodes.Status200OK)
    {
        var bytes = Wire.ToUtf8(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
