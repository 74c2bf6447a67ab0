using System.Text.Json;

namespace Agents.Durable.Agent.Models.Scripted;

/// <summary>One answer of the scripted model.</summary>
internal sealed record ScriptedTurn
{
    /// <summary>The text, in the pieces it is streamed in.</summary>
    public IReadOnlyList<string> Deltas { get; init; } = [];

    public IReadOnlyList<ScriptedCall> Calls { get; init; } = [];

    /// <summary>Time before each piece, and before calls that follow no piece.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The failure that comes after the text, instead of the calls and the end.</summary>
    public ScriptedError? Error { get; init; }

    /// <exception cref="ModelException">The script is not a list of turns; the message names the place.</exception>
    public static IReadOnlyList<ScriptedTurn> ReadScript(JsonElement script)
    {
        if (script.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("script", "must be a list of turns");
        }

        return [.. script.EnumerateArray().Select((turn, index) => Read(turn, $"script[{index}]"))];
    }

    private static ScriptedTurn Read(JsonElement turn, string at)
    {
        if (turn.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(at, "must be an object");
        }

        var result = new ScriptedTurn();
        foreach (var part in turn.EnumerateObject().Where(part => part.Value.ValueKind != JsonValueKind.Null))
        {
            var here = $"{at}.{part.Name}";
            result = part.Name switch
            {
                "text" => result with { Deltas = [.. result.Deltas, Text(part.Value, here)] },
                "deltas" => result with { Deltas = [.. result.Deltas, .. List(part.Value, here).Select(item => Text(item, here))] },
                "tool_calls" => result with { Calls = [.. List(part.Value, here).Select((item, index) => Call(item, $"{here}[{index}]"))] },
                "delay_ms" => result with { Delay = TimeSpan.FromMilliseconds(Number(part.Value, here)) },
                "error" => result with { Error = ReadError(part.Value, here) },
                _ => throw Wrong(here, "is not known; a turn has text, deltas, tool_calls, delay_ms, error"),
            };
        }

        return result;
    }

    private static ScriptedCall Call(JsonElement call, string at)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out var name))
        {
            throw Wrong(at, "must be an object with a name");
        }

        // Text stands for itself, so that a script can also have the model write what is no JSON.
        var arguments = !call.TryGetProperty("arguments", out var given) || given.ValueKind == JsonValueKind.Null ? "{}"
            : given.ValueKind == JsonValueKind.String ? given.GetString()!
            : given.GetRawText();
        return new ScriptedCall(Text(name, $"{at}.name"), arguments);
    }

    private static ScriptedError ReadError(JsonElement error, string at)
    {
        if (error.ValueKind == JsonValueKind.String)
        {
            return new ScriptedError(error.GetString()!, null, null);
        }

        if (error.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(at, "must be a text or an object {message, status, retry_after_ms}");
        }

        var message = error.TryGetProperty("message", out var text) ? Text(text, $"{at}.message") : "The scripted model failed.";
        int? status = error.TryGetProperty("status", out var code) ? (int)Number(code, $"{at}.status") : null;
        TimeSpan? wait = error.TryGetProperty("retry_after_ms", out var after) ? TimeSpan.FromMilliseconds(Number(after, $"{at}.retry_after_ms")) : null;
        return new ScriptedError(message, status, wait);
    }

    private static IEnumerable<JsonElement> List(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(at, "must be a list");

    private static string Text(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(at, "must be a text");

    private static double Number(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 86_400_000 and var number ? number : throw Wrong(at, "must be a number from 0 to 86400000");

    private static ModelException Wrong(string at, string problem) => new($"The scripted model's {at} {problem}.");
}

/// <param name="Arguments">The text that the model writes.</param>
internal sealed record ScriptedCall(string Name, string Arguments);

/// <param name="Status">As of HTTP; 408, 429 and 5xx are tried again, everything else is final.</param>
internal sealed record ScriptedError(string Message, int? Status, TimeSpan? RetryAfter);
