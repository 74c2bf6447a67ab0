using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
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
internal sealed class MailStep(RunStore store, AgentDefinitions definitions, TaskStream stream, IOptions<AgentRuntimeOptions> options, TimeProvider time)
{
    private const int Page = 100;

    /// <summary>Characters of what people said that go into the history at once: an engine takes no result of more than 2 MiB.</summary>
    private const int LongestSaid = 200_000;

    public async Task<MailFacts> RunAsync(MailRequest request, CallContext call, CancellationToken cancellationToken)
    {
        FailPoints.Pass(FailPoints.MailBeforeCommit);
        var taken = await store.InTransactionAsync(connection => TakeAsync(connection, request, call, cancellationToken), cancellationToken);
        FailPoints.Pass(FailPoints.MailAfterCommit);
        if (taken.Closed.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. taken.Closed.Select(message => StreamItem.Of(new MessageDone { ParentTaskMessage = message }))], cancellationToken);
        }

        if (taken.Shown.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. taken.Shown.Select(shown => StreamItems.Full(shown.Message, CallIds.Mail(shown.Position), call.Attempt))], cancellationToken);
            FailPoints.Pass(FailPoints.MailAfterStream);
            if (taken.Interrupted)
            {
                await ResumeAsync(call.TaskId, cancellationToken);
            }
        }

        return taken.Facts;
    }

    private async Task<Taken> TakeAsync(NpgsqlConnection connection, MailRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var taskId = call.TaskId;
        var round = await MailRound.OpenAsync(connection, definitions, taskId, request.Resume ? null : request.Cursor, Page, cancellationToken);
        var stop = request.Room is not null ? await TaskMailbox.StopAsync(connection, taskId, cancellationToken) : null;
        var at = round.At;
        var facts = new MailFacts
        {
            Definition = round.Definition.Id,
            Limits = LimitFacts.From(round.Definition.Definition.Limits, options.Value),
        };
        var head = request.Head;
        var from = request.Cursor;
        IEnumerable<SaidByMail> unanswered = [];
        IReadOnlyList<TaskMessage> closed = [];
        if (round.Earlier is { } earlier)
        {
            head = await CloseCallsAsync(connection, taskId, earlier.Tail, cancellationToken);
            unanswered = earlier.Tail.Reverse().TakeWhile(entry => entry.Message.Role == TranscriptRole.User).Reverse().Select(entry => new SaidByMail(0, entry.Message.Text));
            from = at.Cursor;
            var first = earlier.FirstCall;
            if (earlier.Begun > 1)
            {
                await ModelCallStore.BeginAtAsync(connection, taskId, first, cancellationToken);
                closed = await VisibleMessages.CloseAsync(connection, taskId, time.GetUtcNow(), cancellationToken);
            }

            facts = facts with
            {
                // What was said and not answered, by an earlier run or by a try of this very step that crashed after its commit, is answered now.
                Open = earlier.Tail is [.., { Message.Role: not TranscriptRole.Assistant }],
                Earlier = first > 0
                    ? new EarlierRuns(first, earlier.InputTokens, earlier.OutputTokens, earlier.CostMicros) { Skipped = earlier.Begun > 1 ? first - earlier.Calls : 0 }
                    : null,
            };
        }

        var mail = at.Cursor > from ? [.. round.Mail.TakeWhile(item => item.Position <= at.Cursor)] : round.Mail;
        // What a stop makes void is taken whatever the room, so that the stop is heeded at once.
        var room = at.Cursor > from || stop is not null ? Page : request.Room ?? Page;
        var reading = new MailReading(mail, head, room, request.Bodies ? LongestSaid : int.MaxValue);
        VisibleMail[] visible = [.. request.Resume && call.Attempt > 1 ? await TakenBeforeAsync(connection, taskId, at.Cursor, cancellationToken) : [], .. reading.Visible];
        facts = facts with
        {
            Cursor = reading.Cursor ?? from,
            Head = head + reading.Entries.Count,
            Open = facts.Open || reading.Entries.Count > 0,
            Interrupt = reading.Interrupt,
            Cancel = reading.Cancel,
            More = reading.Taken < (request.Room is null ? mail : round.Mail).Count || mail.Count == Page,
            Stop = stop > (reading.Cursor ?? from),
            Said = request.Bodies ? [.. Cut([.. unanswered]), .. Cut(reading.Said)] : null,
        };
        var stored = await StoreAsync(connection, taskId, reading, visible, facts.Cursor > at.Cursor ? new MailCursor(facts.Cursor, facts.Head) : null, cancellationToken);
        return new Taken(facts with { Decided = stored.Decided }, [.. stored.Messages.Zip(visible, (message, item) => (item.Position, message))], round.Interrupted, closed);
    }

    /// <summary>What goes into the history of what people said; the whole is in the transcript, which the model is given.</summary>
    private static IEnumerable<SaidByMail> Cut(IReadOnlyList<SaidByMail> said) => said.Sum(item => (long)item.Text.Length) <= LongestSaid
        ? said
        : said.Select(item => item.Text.Length <= LongestSaid / said.Count ? item : item with { Text = WellFormed.Text(item.Text[..(LongestSaid / said.Count)]) + "\n… cut off" });

    // One round trip, whatever the mail means.
    private async Task<(int Decided, IReadOnlyList<TaskMessage> Messages)> StoreAsync(
        NpgsqlConnection connection, string taskId, MailReading reading, VisibleMail[] visible, MailCursor? to, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var messages = visible.Select(item => item.ToMessage(taskId)).ToList();
        NpgsqlBatchCommand[] decisions = [.. reading.Decisions.Select(decision => EffectLedger.DecideCommand(taskId, decision.CallId, decision.Decision))];
        NpgsqlBatchCommand[] commands =
        [
            .. decisions,
            .. reading.Entries.Count > 0 ? [TranscriptStore.AppendCommand(taskId, reading.Entries)] : Array.Empty<NpgsqlBatchCommand>(),
            .. messages.Count > 0 ? [VisibleMessages.PutCommand(taskId, messages, now)] : Array.Empty<NpgsqlBatchCommand>(),
            .. to is null ? [] : TaskMailbox.AdvanceCommands(taskId, to, now),
        ];
        if (commands.Length == 0)
        {
            return (0, []);
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.PrepareAsync(cancellationToken);
        IReadOnlyList<TaskMessage> stored = [];
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (messages.Count > 0)
            {
                stored = await VisibleMessages.StoredAsync(reader, taskId, messages, cancellationToken);
            }
        }

        return (decisions.Sum(command => command.RecordsAffected), stored);
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

    /// <summary>A task that was interrupted runs again as soon as its agent works on something new.</summary>
    private async Task ResumeAsync(string taskId, CancellationToken cancellationToken)
    {
        var wish = new StatusWish { To = AgentTaskStatus.Running, Reason = "Task resumed", From = [AgentTaskStatus.Interrupted] };
        if (await TaskSettlement.ApplyAsync(store.Database, taskId, wish, time.GetUtcNow(), cancellationToken) is SettleOutcome.Settled { Changed: true } settled)
        {
            await stream.AppendAsync(taskId, StreamItems.Task(settled.Task), cancellationToken);
        }
    }

    private sealed record Taken(MailFacts Facts, IReadOnlyList<(long Position, TaskMessage Message)> Shown, bool Interrupted, IReadOnlyList<TaskMessage> Closed);
}
