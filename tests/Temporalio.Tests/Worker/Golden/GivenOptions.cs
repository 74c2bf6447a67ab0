using System.Globalization;
using System.Text.Json;
using Temporalio.Common;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>Options as the recorded workflows got them: the official TypeScript SDK's, as JSON.</summary>
internal static class GivenOptions
{
    public static string? Text(JsonElement options, string name) => Get(options, name)?.GetString();

    /// <summary>A time such as <c>50ms</c>, <c>10s</c>, <c>1h</c>.</summary>
    public static TimeSpan? Time(JsonElement options, string name)
    {
        if (Text(options, name) is not { } text)
        {
            return null;
        }

        var unit = text.TrimStart("0123456789".ToCharArray());
        var number = double.Parse(text[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => throw new FormatException($"No time: {text}"),
        };
    }

    public static RetryPolicy? Retry(JsonElement options)
    {
        if (Get(options, "retry") is not { } retry)
        {
            return null;
        }

        var policy = new RetryPolicy();
        return policy with
        {
            InitialInterval = Time(retry, "initialInterval") ?? policy.InitialInterval,
            BackoffCoefficient = Get(retry, "backoffCoefficient")?.GetSingle() ?? policy.BackoffCoefficient,
            MaximumAttempts = Get(retry, "maximumAttempts")?.GetInt32() ?? policy.MaximumAttempts,
        };
    }

    private static JsonElement? Get(JsonElement options, string name) =>
        options.ValueKind is JsonValueKind.Object && options.TryGetProperty(name, out var value) ? value : null;
}
