using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Mailbox;
using Agents.Durable.Data.Settlement;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// Takes what is in the mailbox: stores people's messages in the transcript and where they are shown, and moves the cursor, all in one commit. A try that comes
/// after the commit of another one finds the cursor moved, and answers the same.
/// </summary>
internal sealed class MailStep(RunStore store, TaskStream stream, IOptions<AgentRuntimeOptions> options, TimeProvider time)
{
    private const int Page = 100;

    public async Task<MailFacts> RunAsync(MailRequest request, CallContext call, CancellationToken cancellationToken)
    {
        FailPoints.Pass(FailPoints.MailBeforeCommit);
        var taken = await store.InTransactionAsync(connection => TakeAsync(connection, request, call, cancellationToken), cancellationToken);
        FailPoints.Pass(FailPoints.MailAfterCommit);
        if (taken.Shown.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. taken.Shown.Select(shown => StreamItems.Full(shown.Message, CallIds.Mail(shown.Position), call.Attempt))], cancellationToken);
            FailPoints.Pass(FailPoints.MailAfterStream);
            await ResumeAsync(call.TaskId, cancellationToken);
        }

        return taken.Facts;
    }

    private async Task<Taken> TakeAsync(NpgsqlConnection connection, MailRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var taskId = call.TaskId;
        var at = await TaskMailbox.LockAsync(connection, taskId, cancellationToken);
        var definition = await AgentDefinitions.PinAsync(connection, taskId, cancellationToken);
        var facts = new MailFacts
        {
            Definition = definition.Id,
            Limits = LimitFacts.From(definition.Definition.Limits, options.Value),
        };
        var head = request.Head;
        var from = request.Cursor;
        IEnumerable<SaidByMail> unanswered = [];
        if (request.Resume)
        {
            var earlier = await RunProgress.ReadAsync(connection, taskId, cancellationToken);
            head = await CloseCallsAsync(connection, taskId, earlier.Tail, cancellationToken);
            unanswered = earlier.Tail.Reverse().TakeWhile(entry => entry.Message.Role == TranscriptRole.User).Reverse().Select(entry => new SaidByMail(0, entry.Message.Text));
            from = at.Cursor;
            facts = facts with
            {
                // What was said and not answered, by an earlier run or by a try of this very step that crashed after its commit, is answered now.
                Open = earlier.Tail is [.., { Message.Role: not TranscriptRole.Assistant }],
                Earlier = earlier.NextCall > 0 ? new EarlierRuns(earlier.NextCall, earlier.InputTokens, earlier.OutputTokens, earlier.CostMicros) : null,
            };
        }

        var mail = await TaskMailbox.ReadAsync(connection, taskId, from, Page, cancellationToken);
        if (at.Cursor > from)
        {
            mail = [.. mail.TakeWhile(item => item.Position <= at.Cursor)];
        }

        var reading = new MailReading(mail, head);
        var decided = await DecideAsync(connection, taskId, reading, cancellationToken);
        await TranscriptStore.AppendAsync(connection, taskId, reading.Entries, cancellationToken);
        VisibleMail[] visible = [.. request.Resume && call.Attempt > 1 ? await TakenBeforeAsync(connection, taskId, at.Cursor, cancellationToken) : [], .. reading.Visible];
        var shown = await VisibleMessages.PutAsync(connection, taskId, [.. visible.Select(item => item.ToMessage(taskId))], time.GetUtcNow(), cancellationToken);
        facts = facts with
        {
            Cursor = reading.Cursor ?? from,
            Head = head + reading.Entries.Count,
            Open = facts.Open || reading.Entries.Count > 0,
            Decided = decided,
            Interrupt = reading.Interrupt,
            Cancel = reading.Cancel,
            More = reading.Taken < mail.Count || mail.Count == Page,
            Said = request.Bodies ? [.. unanswered, .. reading.Said] : null,
        };
        if (facts.Cursor > at.Cursor)
        {
            await TaskMailbox.AdvanceAsync(connection, taskId, new MailCursor(facts.Cursor, facts.Head), time.GetUtcNow(), cancellationToken);
        }

        return new Taken(facts, [.. shown.Zip(visible, (message, item) => (item.Position, message))]);
    }

    /// <summary>What an earlier try of this step may have taken without telling viewers: a run that resumes does not know where it stood.</summary>
    private static async Task<IEnumerable<VisibleMail>> TakenBeforeAsync(NpgsqlConnection connection, string taskId, long cursor, CancellationToken cancellationToken) =>
        (await TaskMailbox.ReadAsync(connection, taskId, Math.Max(0, cursor - Page), Page, cancellationToken))
            .Where(item => item.Content is not null && item.Position <= cursor)
            .Select(item => new VisibleMail(item.Position, item.Content!));

    /// <summary>Answers the calls that an earlier run made and did not see answered; the length of the transcript then.</summary>
    private static async Task<int> CloseCallsAsync(NpgsqlConnection connection, string taskId, IReadOnlyList<TranscriptEntry> tail, CancellationToken cancellationToken)
    {
        var last = tail.LastOrDefault(entry => entry.Message.Role == TranscriptRole.Assistant);
        var open = last?.Message.Calls?.Select((call, index) => Answers.Tool(last.Position + 1 + index, call.Id, Answers.NotRun("the task's run ended before"))) ?? [];
        await TranscriptStore.AppendAsync(connection, taskId, [.. open], cancellationToken);
        return Math.Max(tail.Count == 0 ? 0 : tail[^1].Position + 1, last is null ? 0 : last.Position + 1 + (last.Message.Calls?.Count ?? 0));
    }

    private static async Task<int> DecideAsync(NpgsqlConnection connection, string taskId, MailReading reading, CancellationToken cancellationToken)
    {
        var decided = 0;
        foreach (var (callId, decision) in reading.Decisions)
        {
            decided += await EffectLedger.DecideAsync(connection, taskId, callId, decision, cancellationToken);
        }

        return decided;
    }

    /// <summary>A task that was interrupted runs again as soon as its agent works on something new.</summary>
    private async Task ResumeAsync(string taskId, CancellationToken cancellationToken)
    {
        var wish = new StatusWish { To = AgentTaskStatus.Running, Reason = "Task resumed", From = [AgentTaskStatus.Interrupted] };
        if (await TaskSettlement.ApplyAsync(store.Database, taskId, wish, time.GetUtcNow(), cancellationToken) is SettleOutcome.Settled { Changed: true } settled)
        {
            await stream.AppendAsync(taskId, StreamItems.Task(settled.Task), cancellationToken);
        }
    }

    private sealed record Taken(MailFacts Facts, IReadOnlyList<(long Position, TaskMessage Message)> Shown);
}
