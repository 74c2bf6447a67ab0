using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Settlement;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>Answers the calls of a message that have no answer, without making them.</summary>
internal sealed class SkipStep(RunStore store, TranscriptStore transcripts, EffectLedger ledger, TaskStream stream, TimeProvider time)
{
    public async Task RunAsync(SkipRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var message = await transcripts.FindAsync(call.TaskId, request.Position, cancellationToken);
        var items = new List<StreamItem>();
        foreach (var (asked, index) in (message?.Calls ?? []).Select((asked, index) => (asked, index)))
        {
            var intent = new EffectIntent { TaskId = call.TaskId, CallId = asked.Id, Tool = asked.Name, Effect = Effect.Pure, Attempt = call.Attempt };
            var state = await ledger.FindAsync(call.TaskId, asked.Id, cancellationToken);
            if (state is EffectState.Done { Shown: true })
            {
                continue;
            }

            var answer = state is EffectState.Unknown ? Answers.Stopped(request.Reason) : Answers.NotRun(request.Reason);

            FailPoints.Pass(FailPoints.SkipAfterIntent);
            var shown = await store.InTransactionAsync(
                async connection =>
                {
                    if (state is EffectState.First)
                    {
                        // In one commit with its answer: a call with an intent alone would look as if it had been made.
                        await EffectLedger.BeginAsync(connection, intent, cancellationToken);
                    }

                    var stands = await EffectLedger.CompleteAsync(connection, call.TaskId, asked.Id, answer, cancellationToken);
                    await TranscriptStore.AppendAsync(connection, call.TaskId, [Answers.Tool(request.Position + 1 + index, asked.Id, stands)], cancellationToken);
                    return await VisibleMessages.PutAsync(connection, call.TaskId, [Answers.Response(call.TaskId, asked, stands)], time.GetUtcNow(), cancellationToken);
                },
                cancellationToken);
            FailPoints.Pass(FailPoints.SkipAfterCommit);
            items.AddRange(shown.Select(response => StreamItems.Full(response, asked.Id, call.Attempt)));
        }

        if (items.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, items, cancellationToken);
            FailPoints.Pass(FailPoints.SkipAfterStream);
        }

        foreach (var asked in message?.Calls ?? [])
        {
            await ledger.MarkShownAsync(call.TaskId, asked.Id, cancellationToken);
        }
    }
}

/// <summary>Says something in the agent's name that no model said: why a turn ended, or what its own code has to say.</summary>
internal sealed class NoticeStep(RunStore store, TaskStream stream, TimeProvider time)
{
    public async Task RunAsync(NoticeRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var callId = CallIds.Notice(request.Head);
        var shown = await store.InTransactionAsync(
            async connection =>
            {
                var said = new TranscriptMessage { Role = TranscriptRole.Assistant, Text = request.Text, Notice = true };
                await TranscriptStore.AppendAsync(connection, call.TaskId, [new TranscriptEntry(request.Head, said)], cancellationToken);
                var message = request.Content is { } content
                    ? new VisibleMessage(VisibleMessage.IdOf(call.TaskId, callId, "text"), content, StreamingStatus.Done)
                    : Answers.Text(call.TaskId, callId, "text", request.Text, StreamingStatus.Done);
                return await VisibleMessages.PutAsync(connection, call.TaskId, [message], time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        FailPoints.Pass(FailPoints.NoticeAfterCommit);
        if (shown.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. shown.Select(message => StreamItems.Full(message, callId, call.Attempt))], cancellationToken);
        }
    }
}

/// <summary>Gives the task the status that the run came to, and tells the viewers.</summary>
internal sealed class SettleStep(RunStore store, TaskStream stream, TimeProvider time)
{
    public async Task<SettleFacts> RunAsync(SettleRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var to = EnumNames.Parse<AgentTaskStatus>(request.Status);
        var wish = new StatusWish
        {
            To = to,
            Reason = request.Reason,
            From = to == AgentTaskStatus.Interrupted ? [AgentTaskStatus.Running] : [AgentTaskStatus.Running, AgentTaskStatus.Interrupted],
            HandledMail = request.Handled,
        };
        // What the agent's own code began to say and left, no run goes on saying.
        var closed = await store.InTransactionAsync(connection => VisibleMessages.CloseAsync(connection, call.TaskId, time.GetUtcNow(), cancellationToken), cancellationToken);
        if (closed.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. closed.Select(message => StreamItem.Of(new MessageDone { ParentTaskMessage = message }))], cancellationToken);
        }

        var outcome = await TaskSettlement.ApplyAsync(store.Database, call.TaskId, wish, time.GetUtcNow(), cancellationToken);
        FailPoints.Pass(FailPoints.SettleAfterCommit);
        if (outcome is SettleOutcome.Settled settled)
        {
            await stream.AppendAsync(call.TaskId, StreamItems.Task(settled.Task), cancellationToken);
        }

        return new SettleFacts(outcome is SettleOutcome.MoreMail more ? more.Newest : 0);
    }
}
