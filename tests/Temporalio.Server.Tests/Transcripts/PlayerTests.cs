using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>The player against a server that answers exactly what was recorded, or almost.</summary>
public sealed partial class PlayerTests
{
    [Fact]
    public async Task PlayAsync_AgainstTheRecordedAnswer_FindsNoDifference() =>
        Assert.Empty(await PlayAsync("""{"eventId":"7","eventTime":"2026-01-02T03:04:05Z","eventType":"EVENT_TYPE_TIMER_STARTED","taskId":"9"}"""));

    [Theory]
    [InlineData("""{"eventId":"8","eventTime":"2026-01-02T03:04:05Z","eventType":"EVENT_TYPE_TIMER_STARTED"}""", "eventId: expected \"7\" got \"8\"")]
    [InlineData("""{"eventId":"7","eventType":"EVENT_TYPE_TIMER_STARTED"}""", "eventTime: missing")]
    [InlineData("""{"eventId":"7","eventTime":"2026-01-02T03:04:05Z","eventType":"EVENT_TYPE_TIMER_STARTED","workerMayIgnore":true}""", "workerMayIgnore: unexpected true")]
    public async Task PlayAsync_AgainstAnotherAnswer_NamesTheFirstDifference(string answered, string expected) =>
        Assert.Contains(expected, Assert.Single(await PlayAsync(answered)), StringComparison.Ordinal);

    [Fact]
    public void Read_EveryRequestOfEveryTranscript_IsAMessage()
    {
        foreach (var transcript in Transcript.Names.Select(Transcript.Load))
        {
            foreach (var step in transcript.Steps.Where(s => s["call"] is not null))
            {
                // Tokens are base64 and numbers are digits: "1000" is both.
                var request = Variables().Replace((step["request"] ?? new JsonObject()).ToJsonString(), "1000");
                ProtoJson.Read(ProtoJson.Method((string)step["call"]!).Descriptor.InputType, JsonNode.Parse(request)!);
            }
        }
    }

    private static Task<IReadOnlyList<string>> PlayAsync(string eventJson)
    {
        var step = JsonNode.Parse("""
            {"call":"GetWorkflowExecutionHistory","request":{"namespace":"default","execution":{"workflowId":"wf-${u}"}},
             "expect":{"code":"OK","response":{"history":{"events":[{"eventId":"7","eventTime":"<time>","eventType":"EVENT_TYPE_TIMER_STARTED","taskId":"<any>"}]}}}}
            """)!.AsObject();
        return Player.PlayAsync(new FixedServer($$$"""{"history":{"events":[{{{eventJson}}}]}}"""), new Transcript("made-up", [], [step]), TimeProvider.System, "suffix", TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\$\{\w+\}")]
    private static partial Regex Variables();

    private sealed class FixedServer(string answer) : IRpcInvoker
    {
        public Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options) =>
            Task.FromResult(ProtoJson.Read(method.Descriptor.OutputType, JsonNode.Parse(answer)!));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
