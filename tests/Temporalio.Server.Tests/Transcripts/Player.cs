using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Plays one transcript against a server and lists where it answers differently.</summary>
internal sealed partial class Player
{
    private static readonly TimeSpan s_untilInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_longSleep = TimeSpan.FromSeconds(1);

    private readonly IRpcInvoker _server;
    private readonly Transcript _transcript;
    private readonly TimeProvider _time;
    private readonly TimeSpan _slack;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<string, JsonNode?> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JsonObject Step, Task<Answer> Answer)> _pending = new(StringComparer.Ordinal);
    private readonly GeneratedNames _names;

    public Player(IRpcInvoker server, Transcript transcript, TimeProvider time, string suffix, CancellationToken cancellationToken)
    {
        (_server, _transcript, _time, _cancellationToken) = (server, transcript, time, cancellationToken);
        _slack = time == TimeProvider.System ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        _names = new GeneratedNames(suffix);
        _variables["u"] = suffix;
        foreach (var (name, value) in transcript.Variables)
        {
            _variables[name] = value;
        }
    }

    /// <summary>The differences, one line each; empty when every answer is the recorded one.</summary>
    /// <param name="server">What the transcript's calls are made to.</param>
    /// <param name="transcript">What to play.</param>
    /// <param name="time">The clock of the transcript's waits.</param>
    /// <param name="suffix">Sets this play's ids apart from those of others on the same server.</param>
    /// <param name="cancellationToken">Ends the play.</param>
    public static async Task<IReadOnlyList<string>> PlayAsync(
        IRpcInvoker server, Transcript transcript, TimeProvider time, string suffix, CancellationToken cancellationToken)
    {
        var player = new Player(server, transcript, time, suffix, cancellationToken);
        var differences = new List<string>();
        try
        {
            for (var i = 0; i < transcript.Steps.Count; i++)
            {
                var step = transcript.Steps[i];
                if (await player.StepAsync(step) is { } answer && Difference.Find(step["expect"], answer) is { } difference)
                {
                    differences.Add($"step {i} {Title(step)}: {difference}{Unserved(answer)}");
                }
            }
        }
        catch (TranscriptException e)
        {
            differences.Add(e.Message);
        }

        return differences;
    }

    private static string Unserved(JsonObject answer) => (string?)answer["code"] is not "OK" ? $" ({(string?)answer["message"]})" : "";

    private static string Title(JsonObject step) => (string?)step["id"] ?? (string?)step["await"] ?? (string?)step["call"] ?? "sleep";

    /// <summary>Makes one step; answers with what the server answered, normalised, if the step waited for that.</summary>
    /// <exception cref="TranscriptException">The step cannot be made, or what it waits for does not come.</exception>
    public async Task<JsonObject?> StepAsync(JsonObject step)
    {
        if ((string?)step["now"] is { } now)
        {
            var utc = _time.GetUtcNow();
            _variables[now] = utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            _variables[now + "Ns"] = ((utc - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
            _variables["year"] = utc.Year.ToString(CultureInfo.InvariantCulture);
            return null;
        }

        if (step["sleep"] is { } sleep)
        {
            // A long sleep is there for something to be over, in some recordings by less than a busy machine is late.
            var time = TimeSpan.FromSeconds((double)sleep);
            await DelayAsync(time < s_longSleep ? time : time + _slack);
            return null;
        }

        if ((string?)step["await"] is { } id)
        {
            var (begun, pending) = _pending.TryGetValue(id, out var p) ? p : throw new TranscriptException($"nothing pending as {id}");
            return Finish(step, await pending, step["bind"] ?? begun["bind"], step["ignore"] ?? begun["ignore"]);
        }

        if (step["background"] is not null)
        {
            _pending[Title(step)] = (step, CallAsync(step));
            await DelayAsync(TimeSpan.FromSeconds((double?)step["settle"] ?? 0.15));
            return null;
        }

        var answer = step["until"] is JsonObject until ? await UntilAsync(step, until) : await CallAsync(step);
        return Finish(step, answer, step["bind"], step["ignore"]);
    }

    private async Task<Answer> UntilAsync(JsonObject step, JsonObject until)
    {
        var begun = _time.GetTimestamp();
        var within = TimeSpan.FromSeconds((double?)until["within"] ?? 10);
        while (true)
        {
            var answer = await CallAsync(step);
            if (Reached(until, answer))
            {
                return answer;
            }

            if (_time.GetElapsedTime(begun) > within)
            {
                throw new TranscriptException($"step {Title(step)}: condition {until.ToJsonString()} not reached; last answer {answer}");
            }

            await DelayAsync(s_untilInterval);
        }
    }

    private bool Reached(JsonObject until, Answer answer)
    {
        var value = (string?)until["path"] is { } path && answer.Response is { } response ? Paths.Get(response, path) : null;
        return until["code"] is { } code ? answer.Code == (string?)code
            : until["length"] is { } length ? ((value as JsonArray)?.Count ?? 0) == (int)length
            : (value?.ToString() ?? "undefined") == (until["equals"] is { } expected ? Substitute(expected)?.ToString() ?? "" : "undefined");
    }

    private async Task<Answer> CallAsync(JsonObject step)
    {
        var method = ProtoJson.Method((string)step["call"]!);
        var request = ProtoJson.Read(method.Descriptor.InputType, Substitute(step["request"]) ?? new JsonObject());
        var options = new RpcCallOptions { Timeout = TimeSpan.FromSeconds((double?)step["timeout"] ?? 30), CancellationToken = _cancellationToken };
        try
        {
            return new Answer(method.Descriptor.OutputType, ProtoJson.Write(await _server.InvokeAsync(method, request, options)), null);
        }
        catch (RpcFault fault)
        {
            return new Answer(method.Descriptor.OutputType, null, fault);
        }
    }

    private JsonObject Finish(JsonObject step, Answer answer, JsonNode? bind, JsonNode? ignore)
    {
        foreach (var (name, path) in answer.Response is null ? [] : bind?.AsObject() ?? [])
        {
            _variables[name] = Paths.Get(answer.Response, (string)path!)?.DeepClone()
                ?? throw new TranscriptException($"step {Title(step)}: nothing at {path} in {answer}");
        }

        return answer.Normalised(_names, ignore is null ? [] : [.. ignore.AsArray().Select(i => (string)i!)]);
    }

    private JsonNode? Substitute(JsonNode? value) => value switch
    {
        JsonArray items => new JsonArray([.. items.Select(Substitute)]),
        JsonObject fields => new JsonObject(fields.Select(f => KeyValuePair.Create(Text(f.Key), Substitute(f.Value))).ToList()),
        JsonValue v when v.TryGetValue<string>(out var text) => Whole().Match(text) is { Success: true } m ? Variable(m.Groups[1].Value)?.DeepClone() : Text(text),
        _ => value?.DeepClone(),
    };

    /// <summary>The text with what earlier steps have bound.</summary>
    public string Text(string text) => Part().Replace(text, m => Variable(m.Groups[1].Value)?.ToString() ?? "");

    private JsonNode? Variable(string name) =>
        _variables.TryGetValue(name, out var value) ? value : throw new TranscriptException($"unbound variable {name} in {_transcript.Name}");

    private Task DelayAsync(TimeSpan time) => Task.Delay(time, _time, _cancellationToken);

    [GeneratedRegex(@"^\$\{(\w+)\}$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Part();
}
