using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// A piece of a message that the agent's own code says bit by bit. The request tells how much was said before it, so a piece that comes twice is said once;
/// a try that follows another one shows the whole text anew, because nobody knows whether viewers got the piece.
/// </summary>
internal sealed class SayStep(RunStore store, TaskStream stream, TimeProvider time)
{
    /// <returns>The attempt under which viewers know the message now.</returns>
    public async Task<SayFacts> RunAsync(SayRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var id = VisibleMessage.IdOf(call.TaskId, request.CallId, "text");
        var attempt = request.Attempt + call.Attempt - 1;
        var (message, text) = await store.InTransactionAsync(
            async connection =>
            {
                var before = request.Said == 0 ? "" : await VisibleMessages.TextAsync(connection, call.TaskId, id, cancellationToken) ?? "";
                var text = before[..Math.Min(before.Length, request.Said)] + request.Text;
                var status = request.Head is null ? StreamingStatus.InProgress : StreamingStatus.Done;
                if (request.Head is { } head)
                {
                    var said = new TranscriptMessage { Role = TranscriptRole.Assistant, Text = text, Notice = true };
                    await TranscriptStore.AppendAsync(connection, call.TaskId, [new TranscriptEntry(head, said)], cancellationToken);
                }

                var visible = Answers.Text(call.TaskId, request.CallId, "text", text, status);
                var stored = await VisibleMessages.PutAsync(connection, call.TaskId, [visible], time.GetUtcNow(), cancellationToken);
                return (stored.Count > 0 ? stored[0] : null, text);
            },
            cancellationToken);
        FailPoints.Pass(FailPoints.SayAfterCommit);
        if (message is not null)
        {
            await stream.AppendAsync(call.TaskId, [.. Items(request, call, message, text, attempt)], cancellationToken);
            FailPoints.Pass(FailPoints.SayAfterStream);
        }

        return new SayFacts(attempt);
    }

    private static IEnumerable<StreamItem> Items(SayRequest request, CallContext call, TaskMessage message, string text, int attempt)
    {
        var anew = call.Attempt > 1;
        if (request.Said == 0 || anew)
        {
            yield return StreamItems.Start(message with { Content = ((TextContent)message.Content) with { Content = "" } }, request.CallId, attempt);
        }

        if ((anew ? text : request.Text) is { Length: > 0 } piece)
        {
            yield return StreamItems.Delta(message, new TextDelta(piece), request.CallId, attempt);
        }

        if (request.Head is not null)
        {
            yield return StreamItems.Done(message, request.CallId, attempt);
        }
    }
}
