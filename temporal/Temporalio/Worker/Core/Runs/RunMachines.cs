using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Bridge.Api.Common;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// What a run has become by its history and its workflow's commands: its machines, its clock, its unsent commands and unshipped jobs.
/// Changed by <see cref="HistoryApplier"/>, <see cref="EventMatcher"/> and <see cref="CommandApplier"/> only; never by two at a time.
/// </summary>
internal sealed class RunMachines
{
    private readonly List<CommandEntry> _newCommands = [];
    private readonly List<Message> _messages = [];

    public RunMachines(RunContext context, string workflowId, string runId, string workflowType)
    {
        Context = context;
        WorkflowId = workflowId;
        RunId = runId;
        WorkflowType = workflowType;
        Flags = new(context);
        Matcher = new(this);
        Applier = new(this, Matcher);
        Commands = new(this);
    }

    public RunContext Context { get; }

    public string WorkflowId { get; }

    public string RunId { get; }

    public string WorkflowType { get; }

    public RunFlags Flags { get; }

    public EventMatcher Matcher { get; }

    public HistoryApplier Applier { get; }

    public CommandApplier Commands { get; }

    public LocalActivityQueue LocalActivities { get; } = new();

    public MachineIndex Index { get; } = new();

    public PatchBook Patches { get; } = new();

    public WorkflowStart? Start { get; set; }

    public bool Replaying { get; set; }

    /// <summary>Whether the sequence being applied is the last one known.</summary>
    public bool TaskIsLastInHistory { get; set; }

    public bool SawTerminalEvent { get; set; }

    /// <summary>The workflow has issued its closing command.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Started event of the workflow task last applied.</summary>
    public long CurrentStartedId { get; private set; }

    /// <summary>Started event that ends the sequence being applied.</summary>
    public long NextStartedId { get; set; }

    public long LastEventId { get; set; }

    /// <summary>The workflow's clock; it only goes forward.</summary>
    public Timestamp? Time { get; private set; }

    public TaskHints Hints { get; set; } = TaskHints.None;

    public WorkerDeploymentVersion? DeploymentVersion { get; set; }

    public List<WorkflowActivationJob> Jobs { get; private set; } = [];

    /// <summary>Commands in the order in which their events must come back.</summary>
    public Queue<CommandEntry> Outgoing { get; } = new();

    public bool HasPendingJobs => Jobs.Count > 0;

    public bool HasPendingLocalResolutions => Jobs.Exists(j => j.ResolveActivity is { IsLocal: true });

    public IReadOnlyList<Message> Messages => _messages;

    public bool ChecksIdsAndTypes(bool record) => Flags.Use(CoreFlag.IdAndTypeDeterminismChecks, record);

    public void AddJob(Machine? source, WorkflowActivationJob job)
    {
        if (source is not { IsInternal: true })
        {
            Jobs.Add(job);
        }
    }

    public List<WorkflowActivationJob> TakeJobs()
    {
        var jobs = Jobs;
        Jobs = [];
        return jobs;
    }

    /// <param name="machine">Whose command it is.</param>
    /// <param name="command">The command.</param>
    /// <param name="annotations">The workflow's command that caused it, for its metadata.</param>
    public void AddCommand(Machine machine, Command command, WorkflowCommand? annotations = null)
    {
        if (annotations is not null)
        {
            command.UserMetadata = annotations.UserMetadata;
            if (annotations.EventGroupMarkers.Count > 0)
            {
                command.EventGroupMarkers.Add(annotations.EventGroupMarkers);
            }
        }

        _newCommands.Add(new(machine, command));
    }

    /// <summary>A command that the workflow did not ask for by itself; its machine is not found by a sequence number.</summary>
    public void AddInternalCommand(Machine machine, Command command, WorkflowCommand? annotations) => AddCommand(machine, command, annotations);

    /// <summary>Messages of a replay were sent when its history was made.</summary>
    public void AddMessage(Func<Message> message)
    {
        if (!Replaying)
        {
            _messages.Add(message());
        }
    }

    public List<Message> TakeMessages()
    {
        List<Message> taken = [.. _messages];
        _messages.Clear();
        return taken;
    }

    /// <summary>Moves the commands of this activation to those that go out, without the ones that have been withdrawn.</summary>
    public void PrepareCommands()
    {
        if (Outgoing.Count > 0 && Outgoing.Any(e => e.Machine.CancelledBeforeSent))
        {
            foreach (var entry in Outgoing.Where(e => e.Machine.CancelledBeforeSent))
            {
                Index.Forget(entry.Machine);
            }

            var kept = Outgoing.Where(e => !e.Machine.CancelledBeforeSent).ToList();
            Outgoing.Clear();
            kept.ForEach(Outgoing.Enqueue);
        }

        // A machine that is told may add a command of its own, so this is no foreach.
        for (var i = 0; i < _newCommands.Count; i++)
        {
            var entry = _newCommands[i];
            if (entry.Machine.CancelledBeforeSent)
            {
                Index.Forget(entry.Machine);
                continue;
            }

            entry.Machine.CommandPrepared();
            Outgoing.Enqueue(entry);
        }

        _newCommands.Clear();
    }

    public void AdvanceTime(Timestamp time)
    {
        if (Time is null || Time.CompareTo(time) < 0)
        {
            Time = time;
        }
    }

    public void TaskStarted(long startedId, Timestamp time)
    {
        CurrentStartedId = startedId;
        AdvanceTime(time);
        if (!Replaying)
        {
            foreach (var machine in Index.LocalActivities)
            {
                machine.LiveTaskStarted();
            }
        }
    }

    public void ReseedRandom(string newRunId) =>
        Jobs.Add(new() { UpdateRandomSeed = new() { RandomnessSeed = RandomSeed.Of(newRunId) } });

    public void CancelLocalActivity(LocalActivityMachine machine)
    {
        if (LocalActivities.TakeKnown(machine.Seq) is { } known)
        {
            machine.ResolveKnown(LocalActivityResult.FromMarker(known));
        }
        else if (LocalActivities.RemoveNew(machine.Seq) is { } removed)
        {
            machine.Resolve(LocalActivityResult.Cancelled(removed.Attempt, removed.OriginalScheduleTime), TimeSpan.Zero);
        }
        else
        {
            LocalActivities.EnqueueCancel(machine.Seq);
        }
    }

    /// <summary>Withdraws or cancels it without resolving: the machine does that itself.</summary>
    public void RequestLocalActivityCancel(uint seq)
    {
        if (LocalActivities.RemoveNew(seq) is null)
        {
            LocalActivities.EnqueueCancel(seq);
        }
    }

    /// <summary>Resolves local activities from the markers found ahead, in marker order, up to one that has not been asked for.</summary>
    public void ResolveKnownLocalActivities()
    {
        while (LocalActivities.NextKnown() is { } seq && Index.FindLocalActivity(seq) is { } machine)
        {
            machine.ResolveKnown(LocalActivityResult.FromMarker(LocalActivities.TakeKnown(seq)!));
        }
    }

    /// <summary>
    /// The server has dropped a speculative task: everything since <paramref name="startedId"/> but the last task's own two events
    /// stays applied.
    /// </summary>
    public void RollBackTo(long startedId)
    {
        CurrentStartedId = startedId;
        LastEventId -= 2;
        Index.ForgetEventsAfter(LastEventId);
    }
}
