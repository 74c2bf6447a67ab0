using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Events;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// Delivers mail in order: the acknowledgement of one piece comes before the delivery of the next. A refusal settles mail for good; a receiver out of reach
/// gets it again later, with growing pauses, for a day. Mail is stored before it is delivered, so a crash at any point only delays it.
/// </summary>
internal sealed partial class Courier(
    MailboxStore mailbox, TaskLanes lanes, DataContexts contexts, AcpClient agents, AgentKeys keys, ITaskSessions sessions, TimeProvider time, ILogger<Courier> logger)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(24);

    /// <summary>Stores mail and delivers it; null when the task is not open.</summary>
    /// <param name="answerEarly">Do not wait for a delivery that is under way: the caller is the task's own agent, which may be the one that has to acknowledge.</param>
    /// <exception cref="AcpException">The agent refused it.</exception>
    public async Task<PutMail?> SendAsync(NewMail mail, Addressee to, bool answerEarly, CancellationToken cancellationToken)
    {
        var pass = answerEarly ? lanes.TryEnter(mail.TaskId) : await lanes.EnterAsync(mail.TaskId, cancellationToken);
        if (pass is null)
        {
            var stored = await mailbox.PutAsync(mail, cancellationToken);
            if (stored is { Known: false })
            {
                // Whoever is in the lane now delivers it next, else the sweep.
                await mailbox.ReleaseAsync(mail.TaskId, stored.Position, cancellationToken);
            }

            return stored;
        }

        using (pass)
        {
            var stored = await mailbox.PutAsync(mail, cancellationToken);
            if (stored is { Claim: { } claim })
            {
                await DeliverNowAsync(new Delivery(claim, to.Agent, stored.Task!, stored.Event!, to.Target), cancellationToken);
            }
            else if (stored is { Known: false })
            {
                await DeliverUpToAsync(stored, mail.TaskId, to.Target.Headers, cancellationToken);
            }

            return stored;
        }
    }

    /// <summary>Delivers what is due of a task.</summary>
    public Task DrainAsync(string taskId, CancellationToken cancellationToken) => DrainAsync(taskId, cancellationToken, cancellationToken);

    /// <inheritdoc cref="DrainAsync(string, CancellationToken)"/>
    /// <param name="leaving">Nothing more is begun.</param>
    public async Task DrainAsync(string taskId, CancellationToken leaving, CancellationToken cancellationToken)
    {
        using var pass = await lanes.EnterAsync(taskId, leaving);
        await DrainNeedsLaneAsync(taskId, leaving, cancellationToken);
    }

    private async Task DrainNeedsLaneAsync(string taskId, CancellationToken leaving, CancellationToken cancellationToken)
    {
        while (!leaving.IsCancellationRequested && await mailbox.ClaimAsync(taskId, null, cancellationToken) is { } mail)
        {
            await DeliverAsync(mail, ForwardedHeaders.None, cancellationToken);
        }
    }

    // What nobody was before, and then what its receiver may have sent meanwhile.
    private async Task DeliverNowAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var end = await CallAsync(delivery, cancellationToken);
        if (end.More)
        {
            await DrainNeedsLaneAsync(delivery.Mail.TaskId, cancellationToken, cancellationToken);
        }

        if (end.Refusal is { } refusal)
        {
            throw refusal;
        }
    }

    private async Task DeliverUpToAsync(PutMail own, string taskId, ForwardedHeaders headers, CancellationToken cancellationToken)
    {
        AcpException? refusal = null;
        while (await mailbox.ClaimAsync(taskId, own.Position, cancellationToken) is { } mail)
        {
            var isOwn = mail.Position == own.Position;
            var refused = await DeliverAsync(mail, isOwn ? headers : ForwardedHeaders.None, cancellationToken);
            if (isOwn)
            {
                refusal = refused;
                own = own with { Position = 0 };
            }
        }

        if (own.Position != 0)
        {
            // Something before it waits for a later attempt.
            await mailbox.ReleaseAsync(taskId, own.Position, cancellationToken);
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    // The refusal, if there was one.
    private async Task<AcpException?> DeliverAsync(ClaimedMail mail, ForwardedHeaders headers, CancellationToken cancellationToken)
    {
        await using var data = contexts.For(new OwnerId(mail.Owner));
        var agent = await data.Agents.AsNoTracking().SingleAsync(row => row.Id == mail.AgentId, cancellationToken);
        var task = await data.Tasks.AsNoTracking().SingleAsync(row => row.Id == mail.TaskId, cancellationToken);
        // A first delivery to a remote agent is made whatever became of the task meanwhile: the caller waits for its answer.
        if (!task.Status.IsOpen() && (mail.Attempt > 1 || agent.Kind != AgentKind.Acp))
        {
            await mailbox.SettleAsync(mail, MailboxState.Dead, "The task ended before this was delivered.", cancellationToken);
            return null;
        }

        if (agent.Kind != AgentKind.Acp)
        {
            await WakeAsync(mail, agent, cancellationToken);
            return null;
        }

        var version = mail.DeploymentId is { } id ? await data.Deployments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) : null;
        var target = new AcpTarget(version?.AcpUrl ?? agent.AcpUrl ?? "", await keys.KeyOfAsync(agent, cancellationToken), headers, mail.Attempt);
        var sent = await data.Events.AsNoTracking().SingleAsync(row => row.Id == mail.EventId, cancellationToken);
        return (await CallAsync(new Delivery(mail, agent, task, sent.ToWire(), target), cancellationToken)).Refusal;
    }

    private async Task<DeliveryEnd> CallAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var (mail, agent, task, sent, target) = delivery;
        var call = new AcpRequest
        {
            Method = RpcMethod.EventSend,
            Params = new EventParams { Agent = agent.ToAcp(), Task = task.ToWire(), Event = sent },
            Id = RpcNames.CallId(RpcMethod.EventSend, task.Id),
        };
        DateTimeOffset? sentAt = null;
        try
        {
            await agents.CallAsync(target with { Sending = () => sentAt = time.GetUtcNow() }, call, cancellationToken);
            return new DeliveryEnd(null, await mailbox.SettleAsync(mail with { SentAt = sentAt }, MailboxState.Delivered, null, cancellationToken));
        }
        catch (AcpException e) when (e.Failure == AcpFailure.Refused)
        {
            return new DeliveryEnd(e, await mailbox.SettleAsync(mail, MailboxState.Refused, e.Message, cancellationToken));
        }
        catch (AcpException e)
        {
            await PostponeAsync(mail, e.Message, cancellationToken);
            return new DeliveryEnd(null, false);
        }
    }

    // The workflow settles its mail itself, when it has handled it; until then it is woken again from time to time.
    private async Task WakeAsync(ClaimedMail mail, AgentRow agent, CancellationToken cancellationToken)
    {
        try
        {
            await sessions.WakeAsync(agent, mail.TaskId, mail.Position, cancellationToken);
            await mailbox.PostponeAsync(mail, PauseAfter(mail.Attempt + 3), null, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever keeps the engine from being reached, the mail is stored and the workflow is woken by a later attempt.
            LogNotWoken(e, mail.TaskId);
            await mailbox.PostponeAsync(mail, PauseAfter(mail.Attempt), e.Message, cancellationToken);
        }
    }

    private async Task PostponeAsync(ClaimedMail mail, string error, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - mail.CreatedAt >= s_patience)
        {
            LogDead(mail.TaskId, mail.Position, error);
            await mailbox.SettleAsync(mail, MailboxState.Dead, error, cancellationToken);
            return;
        }

        await mailbox.PostponeAsync(mail, PauseAfter(mail.Attempt), error, cancellationToken);
    }

    private static TimeSpan PauseAfter(int attempt)
    {
        var pause = s_firstPause * Math.Pow(2, Math.Min(attempt - 1, 20));
        return pause < s_longestPause ? pause : s_longestPause;
    }

    private sealed record Delivery(ClaimedMail Mail, AgentRow Agent, TaskRow Task, AgentEvent Event, AcpTarget Target);

    /// <param name="More">Whether other mail of the task is pending that may be delivered now.</param>
    private readonly record struct DeliveryEnd(AcpException? Refusal, bool More);

    [LoggerMessage(LogLevel.Warning, "The workflow of task {TaskId} could not be woken; it will be tried again.")]
    private partial void LogNotWoken(Exception exception, string taskId);

    [LoggerMessage(LogLevel.Error, "Mail {Position} of task {TaskId} is given up after a day: {Error}")]
    private partial void LogDead(string taskId, long position, string error);
}
