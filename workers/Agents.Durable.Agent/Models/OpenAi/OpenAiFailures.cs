using System.ClientModel;
using System.Globalization;
using System.Text.Json;

namespace Agents.Durable.Agent.Models.OpenAi;

/// <summary>What the package throws, as what the engine can decide on.</summary>
internal static class OpenAiFailures
{
    public static ModelException Describe(Exception exception) => exception switch
    {
        ModelException known => known,
        ClientResultException { Status: > 0 } refused => Refused(refused),
        JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException =>
            new ModelException($"The model's answer cannot be read: {exception.Message}", exception) { Retryable = true },
        OperationCanceledException or TimeoutException => new ModelException("The model's provider did not answer in time.", exception) { Retryable = true },
        _ => new ModelException($"The connection to the model's provider failed: {exception.GetBaseException().Message}", exception) { Retryable = true },
    };

    private static ModelException Refused(ClientResultException refused)
    {
        var status = refused.Status;
        return new ModelException($"The model's provider answered {status.ToString(CultureInfo.InvariantCulture)}: {FirstLines(refused.Message)}", refused)
        {
            Retryable = status is 408 or 409 or 429 or >= 500,
            RetryAfter = RetryAfter(refused),
            Status = status,
        };
    }

    private static TimeSpan? RetryAfter(ClientResultException refused)
    {
        if (refused.GetRawResponse()?.Headers is not { } headers)
        {
            return null;
        }

        if (headers.TryGetValue("retry-after-ms", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 86_400_000)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return headers.TryGetValue("retry-after", out text) ? RetryDelay.Read(text, headers.TryGetValue("date", out var date) ? date : null) : null;
    }

    /// <summary>Error pages of proxies can be long; a task's reason should not be.</summary>
    private static string FirstLines(string message)
    {
        var text = string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length <= 500 ? text : text[..500] + "…";
    }
}
