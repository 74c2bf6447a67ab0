using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Rpc;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>What a server, the official core and a workflow's code said to each other, in order.</summary>
internal sealed record LiveRecording(string Name, IReadOnlyList<LiveEntry> Entries)
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(
        TypeRegistry.FromFiles(TemporalApiUpdateV1Reflection.Descriptor)));

    private static readonly Lazy<IReadOnlyDictionary<string, LiveRecording>> s_all = new(ReadAll);

    public static IReadOnlyDictionary<string, LiveRecording> All => s_all.Value;

    /// <summary>When the server gave out the first task.</summary>
    public DateTimeOffset Start => Entries.OfType<LiveEntry.Response>().Select(e => e.Message).OfType<PollWorkflowTaskQueueResponse>()
        .FirstOrDefault()?.StartedTime?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;

    private static Dictionary<string, LiveRecording> ReadAll() => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Core", "Oracle", "live"), "*.jsonl")
        .SelectMany(File.ReadLines)
        .Select(Read)
        .ToDictionary(r => r.Name, StringComparer.Ordinal);

    private static LiveRecording Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        return new(
            document.RootElement.GetProperty("name").GetString()!,
            [.. document.RootElement.GetProperty("entries").EnumerateArray().Select(ReadEntry)]);
    }

    private static LiveEntry ReadEntry(JsonElement json)
    {
        if (json.TryGetProperty("method", out var name))
        {
            var method = TemporalApiWorkflowserviceV1Reflection.Descriptor.Services[0].FindMethodByName(name.GetString()!);
            var id = json.GetProperty("id").GetInt64();
            if (json.TryGetProperty("error", out var error))
            {
                var code = System.Enum.Parse<RpcStatusCode>(error.GetProperty("code").GetString()!.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true);
                return new LiveEntry.Refused(id, method.Name, new RpcFault(code, error.GetProperty("message").GetString()!));
            }

            return json.TryGetProperty("request", out var request)
                ? new LiveEntry.Request(id, method.Name, s_parser.Parse(request.GetRawText(), method.InputType))
                : new LiveEntry.Response(id, method.Name, s_parser.Parse(json.GetProperty("response").GetRawText(), method.OutputType));
        }

        var property = json.EnumerateObject().First();
        var text = property.Value.GetRawText();
        return property.Name switch
        {
            "activation" => new LiveEntry.Activation(s_parser.Parse<WorkflowActivation>(text)),
            "completion" => new LiveEntry.Completion(s_parser.Parse<WorkflowActivationCompletion>(text)),
            "activityTask" => new LiveEntry.Activity(s_parser.Parse<ActivityTask>(text)),
            "activityCompletion" => new LiveEntry.ActivityCompletion(s_parser.Parse<ActivityTaskCompletion>(text)),
            "heartbeat" => new LiveEntry.Heartbeat(s_parser.Parse<ActivityHeartbeat>(text)),
            _ => throw new InvalidDataException(property.Name),
        };
    }
}

internal abstract record LiveEntry
{
    internal sealed record Request(long Id, string Method, IMessage Message) : LiveEntry;

    internal sealed record Response(long Id, string Method, IMessage Message) : LiveEntry;

    internal sealed record Refused(long Id, string Method, RpcFault Fault) : LiveEntry;

    internal sealed record Activation(WorkflowActivation Message) : LiveEntry;

    internal sealed record Completion(WorkflowActivationCompletion Message) : LiveEntry;

    internal sealed record Activity(ActivityTask Message) : LiveEntry;

    internal sealed record ActivityCompletion(ActivityTaskCompletion Message) : LiveEntry;

    internal sealed record Heartbeat(ActivityHeartbeat Message) : LiveEntry;
}
