using Temporalio.Api.Update.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Updates;

internal enum UpdateStatus
{
    /// <summary>Known to this server only.</summary>
    Admitted,

    /// <summary>A worker has the request with its task.</summary>
    Sent,

    Accepted,

    Completed,
}

internal enum UpdateTrigger
{
    Send,
    Resend,
    Accept,
    Complete,
}

/// <summary>An update. One that was rejected is gone, as if it had never been asked for.</summary>
internal sealed class UpdateEntry
{
    // Impossible: Accept in Accepted and Completed, Complete in Admitted and Sent (the message check refuses them), Resend in Admitted.
    public static readonly TransitionTable<UpdateStatus, UpdateTrigger> Transitions = new(
        "update",
        (UpdateStatus.Admitted, UpdateTrigger.Send, UpdateStatus.Sent),
        (UpdateStatus.Sent, UpdateTrigger.Resend, UpdateStatus.Admitted),
        (UpdateStatus.Admitted, UpdateTrigger.Accept, UpdateStatus.Accepted),
        (UpdateStatus.Sent, UpdateTrigger.Accept, UpdateStatus.Accepted),
        (UpdateStatus.Accepted, UpdateTrigger.Complete, UpdateStatus.Completed));

    public required string UpdateId { get; init; }

    public UpdateStatus Status { get; set; }

    /// <summary>The request, until it is accepted: from then on history has it.</summary>
    public Request? Request { get; set; }

    /// <summary>True if the history says that the update was admitted: it is remembered, and the worker takes it from there.</summary>
    public bool AdmittedByEvent { get; init; }

    public long AcceptedEventId { get; set; }

    public long CompletedEventId { get; set; }

    /// <summary>The outcome; <see langword="null"/> after a reload, when history has it.</summary>
    public Outcome? Outcome { get; set; }

    public List<UpdateWaiter> Waiters { get; } = [];

    public void Fire(UpdateTrigger trigger) => Status = Transitions.Fire(Status, trigger);
}

/// <summary>A caller that waits for an update.</summary>
internal sealed class UpdateWaiter(UpdateStatus stage)
{
    private readonly TaskCompletionSource<UpdateView> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UpdateStatus Stage { get; } = stage;

    public Task<UpdateView> Reached => _reached.Task;

    public void Complete(UpdateView view) => _reached.TrySetResult(view);

    public void Fail(RpcFault fault) => _reached.TrySetException(fault);
}

/// <summary>What a caller learns of an update. Without an outcome, a completed one's is in the event.</summary>
internal sealed record UpdateView(string RunId, UpdateStatus Status, Outcome? Outcome, long AcceptedEventId, long CompletedEventId);

/// <summary>A run's updates. Those that are accepted are remembered as long as the run is.</summary>
internal sealed class UpdateTable
{
    private readonly Dictionary<string, UpdateEntry> _byId = [];

    public Dictionary<string, UpdateEntry>.ValueCollection All => _byId.Values;

    public int Count => _byId.Count;

    public bool HasUnsent
    {
        get
        {
            foreach (var update in _byId.Values)
            {
                if (update.Status == UpdateStatus.Admitted && !update.AdmittedByEvent)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool HasWaiters
    {
        get
        {
            foreach (var update in _byId.Values)
            {
                if (update.Waiters.Count > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public UpdateEntry? Find(string updateId) => _byId.GetValueOrDefault(updateId);

    public void Add(UpdateEntry update) => _byId.Add(update.UpdateId, update);

    public void Remove(UpdateEntry update) => _byId.Remove(update.UpdateId);

    /// <summary>The task that carried requests came to nothing: the next one carries them again.</summary>
    public void Resend()
    {
        foreach (var update in _byId.Values)
        {
            if (update.Status == UpdateStatus.Sent)
            {
                update.Fire(UpdateTrigger.Resend);
            }
        }
    }

    /// <summary>The run's memory is lost: so are updates that nobody has accepted, and their callers ask again.</summary>
    public void Abandon(RpcFault fault, List<Effect> effects)
    {
        foreach (var update in _byId.Values)
        {
            foreach (var waiter in update.Waiters)
            {
                effects.Add(new Afterwards(static _ => { }, waiter.Fail));
            }
        }
    }

    private static bool IsKept(UpdateEntry update) => update.Status >= UpdateStatus.Accepted || update.AdmittedByEvent;

    public void Save(StateWriter writer)
    {
        var kept = 0;
        foreach (var update in _byId.Values)
        {
            kept += IsKept(update) ? 1 : 0;
        }

        writer.Number(kept);
        foreach (var update in _byId.Values)
        {
            if (IsKept(update))
            {
                writer.Text(update.UpdateId);
                writer.Number((int)update.Status);
                writer.Flag(update.AdmittedByEvent);
                writer.Number(update.AcceptedEventId);
                writer.Number(update.CompletedEventId);
            }
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var i = reader.Integer(); i > 0; i--)
        {
            Add(new UpdateEntry
            {
                UpdateId = reader.RequiredText(),
                Status = (UpdateStatus)reader.Integer(),
                AdmittedByEvent = reader.Flag(),
                AcceptedEventId = reader.Number(),
                CompletedEventId = reader.Number(),
            });
        }
    }
}
