using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Execution.Timers;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Schedules;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>One run's state. The parts hold what they hold; the behaviour lies beside each part, in functions of a <see cref="RunStep"/>.</summary>
internal sealed class Run(WorkflowKey workflow, string runId, RunInfo info)
{
    /// <summary>
    /// Stands at the front of every stored state. A change of what is stored takes the next number, and reads the numbers before it for as long as
    /// databases may hold them; the tests keep samples of each.
    /// </summary>
    public const int FormatVersion = 1;

    public WorkflowKey Workflow { get; } = workflow;

    public string RunId { get; } = runId;

    public RunInfo Info { get; } = info;

    public EventLog Log { get; } = new();

    public EventBuffer Buffer { get; } = new();

    public WorkflowTaskState Task { get; } = new();

    public ActivityTable Activities { get; } = new();

    public TimerTable Timers { get; } = new();

    public ChildTable Children { get; } = new();

    public ExternalTable Externals { get; } = new();

    public UpdateTable Updates { get; } = new();

    /// <summary>Queries that wait for an answer: never written, their callers die with the process.</summary>
    public QueryTable Queries { get; } = new();

    /// <summary>What the run is instead of a workflow, if it is a schedule.</summary>
    public ScheduleState? Schedule { get; set; }

    /// <summary>Request ids that were honoured, with the event that each led to.</summary>
    public Dictionary<string, RequestIdInfo> RequestIds { get; } = [];

    /// <summary>Request ids of signals, so that a repeated one is recognised.</summary>
    public HashSet<string> SignalRequestIds { get; } = [];

    public int SignalCount { get; set; }

    /// <summary>Ids that buffered Started events got, for the completions buffered after them. Needed within one flush only.</summary>
    public Dictionary<long, long> FlushedStarts { get; } = [];

    /// <summary>Callers that wait for the history to grow.</summary>
    public List<HistoryWaiter> Waiters { get; } = [];

    /// <summary>What the store has, or will have once the commit under way returns.</summary>
    public long Version { get; set; }

    /// <summary>True when the state differs from what was last handed to the committer.</summary>
    public bool Dirty { get; set; }

    /// <summary>True while there is something to keep that is not worth a commit of its own: a sign of life.</summary>
    public bool HasUnwritten { get; set; }

    /// <summary>When the run must be looked at; may be too early, never too late.</summary>
    public DateTimeOffset? NextWake { get; set; }

    /// <summary>True while a reminder of what the run owes other executions is on its way.</summary>
    public bool IsReminded { get; set; }

    public bool IsOpen => Info.Open;

    /// <summary>True when recovery has to bring the run to memory at once.</summary>
    public bool HasPendingWork => (IsOpen && (Task.IsPending || Activities.AnyScheduled || Schedule is { IsWaiting: true } || Batch.BatchJob.Is(Info))) || OwesWord;

    // A picked-up activity does not: its pick-up is noted where it survives the run's leaving.
    private bool WaitsInMemory => (IsOpen && (Task.IsPending || Activities.AnyWaiting || Schedule is { IsWaiting: true } || Batch.BatchJob.Is(Info))) || OwesWord;

    /// <summary>Whether the store shall list the run in its scan: a closed one that still owes another execution a word stays in.</summary>
    public bool StaysListed => IsOpen || OwesWord;

    /// <summary>True while another execution has to be told something.</summary>
    public bool OwesWord => Info.MustTellParent || Externals.Count > 0 || Children.AnyToSend || Children.AnyToClose;

    /// <summary>True if nothing goes on that the store does not have, and nothing is due before <paramref name="horizon"/>.</summary>
    public bool IsIdle(DateTimeOffset horizon) =>
        !Dirty && Waiters.Count == 0 && !Log.HasVolatile && Queries.IsEmpty && !Updates.HasWaiters && !WaitsInMemory && !(IsOpen && NextWake < horizon);

    public ReadOnlyMemory<byte> Save(StateWriter writer)
    {
        writer.Clear();
        writer.Number(FormatVersion);
        Info.Save(writer);
        Log.Save(writer);
        Buffer.Save(writer);
        Task.Save(writer);
        Activities.Save(writer);
        Timers.Save(writer);
        Children.Save(writer);
        Externals.Save(writer);
        Updates.Save(writer);
        writer.Number(RequestIds.Count);
        foreach (var (id, entry) in RequestIds)
        {
            writer.Text(id);
            writer.Number((int)entry.EventType);
            writer.Number(entry.EventId);
            writer.Flag(entry.Buffered);
        }

        writer.Number(SignalRequestIds.Count);
        foreach (var id in SignalRequestIds)
        {
            writer.Text(id);
        }

        writer.Number(SignalCount);
        writer.Flag(Schedule is not null);
        Schedule?.Save(writer);
        return writer.ToMemory();
    }

    public static Run Load(StoredRun stored)
    {
        var reader = new StateReader(stored.State.Span);
        var format = reader.Number();
        if (format != FormatVersion)
        {
            throw new InvalidDataException($"Run {stored.RunId} is stored in format {format}, this server reads {FormatVersion}.");
        }

        var run = new Run(stored.Workflow, stored.RunId, RunInfo.Load(ref reader)) { Version = stored.Version };
        run.Log.Load(ref reader);
        run.Buffer.Load(ref reader);
        run.Task.Load(ref reader);
        run.Activities.Load(ref reader);
        run.Timers.Load(ref reader);
        run.Children.Load(ref reader);
        run.Externals.Load(ref reader);
        run.Updates.Load(ref reader);
        for (var i = reader.Integer(); i > 0; i--)
        {
            run.RequestIds.Add(
                reader.RequiredText(),
                new RequestIdInfo { EventType = (EventType)reader.Integer(), EventId = reader.Number(), Buffered = reader.Flag() });
        }

        for (var i = reader.Integer(); i > 0; i--)
        {
            run.SignalRequestIds.Add(reader.RequiredText());
        }

        run.SignalCount = reader.Integer();
        run.Schedule = reader.Flag() ? ScheduleState.Load(ref reader) : null;
        return reader.AtEnd ? run : throw new InvalidDataException($"The state of run {stored.RunId} goes on after its end.");
    }
}
