using Agents.Durable.Contracts;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Errors;

/// <summary>The one place where errors of requests become answers.</summary>
internal static class ErrorAnswers
{
    private const int ValidationCode = 10422;

    public static async Task WriteAsync(HttpContext context, GatewayException error) =>
        await Answer.WriteAsync(context, new ErrorBody(error.Message, error.Status), error.Status);

    public static async Task WriteAsync(HttpContext context, ValidationException error) =>
        await Answer.WriteAsync(context, new ValidationErrorBody(ValidationCode, error.Message), StatusCodes.Status422UnprocessableEntity);

    /// <summary>What the layers around the routes answer: authentication, unknown paths and methods.</summary>
    public static async Task WriteDetailAsync(HttpContext context, int status, string detail) => await Answer.WriteAsync(context, new DetailBody(detail), status);
}
