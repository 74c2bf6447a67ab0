using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Applies history one sequence at a time, in the order that gives a replay the same activations as the first run had.</summary>
internal sealed class HistoryApplier(RunMachines run, EventMatcher matcher)
{
    private HistoryUpdate _history = HistoryUpdate.Empty(0, 0);
    private List<UpdateRequest> _requests = [];

    /// <summary>Whether the next sequence is at hand; if not, a page must be fetched before a completion can be processed.</summary>
    public bool IsReady => _history.CanTake(run.CurrentStartedId);

    /// <summary>A new workflow task's history and messages, applied up to its first sequence.</summary>
    public void AddTask(HistoryUpdate history, IEnumerable<Message> messages)
    {
        _requests = messages.Select(UpdateRequest.FromMessage).ToList();
        AddHistory(history);
    }

    /// <summary>More history of the same task.</summary>
    public void AddHistory(HistoryUpdate history)
    {
        _history = history;
        run.Replaying = history.PreviousStartedId > 0;
        ApplyNext();
    }

    /// <summary>Applies sequences until one gives the workflow something to do, or replay is over.</summary>
    public void ApplyUntilJobs()
    {
        if (run.HasPendingJobs)
        {
            return;
        }

        int applied;
        do
        {
            applied = ApplyNext();
        }
        while (applied > 0 && run.Replaying && !run.HasPendingJobs);
    }

    /// <summary>Applies the next sequence; answers how many events it had.</summary>
    public int ApplyNext()
    {
        if (run.SawTerminalEvent)
        {
            run.Replaying = false;
            return 0;
        }

        var afterId = run.CurrentStartedId;
        var events = _history.Take(afterId, out var isLast);
        while (!events.IsEmpty && events[0].EventId <= run.LastEventId)
        {
            events = events[1..];
        }

        run.TaskIsLastInHistory = isLast;
        NoteCompletions(events);
        if (events.IsEmpty)
        {
            run.Replaying = false;
        }
        else if (events[^1].EventType is EventType.WorkflowTaskStarted)
        {
            run.NextStartedId = events[^1].EventId;
        }

        var admitted = ApplyEvents(events, isLast);
        LookAhead(afterId, admitted);
        return events.Length;
    }

    private Dictionary<string, UpdateRequest>? ApplyEvents(ReadOnlySpan<HistoryEvent> events, bool isLast)
    {
        Dictionary<string, UpdateRequest>? admitted = null;
        var skip = false;
        for (var i = 0; i < events.Length; i++)
        {
            var current = events[i];
            if (current.EventId != run.LastEventId + 1)
            {
                throw new FatalRunException($"History is out of order. Last processed event: {run.LastEventId}, event id: {current.EventId}");
            }

            // Replay ends with the first event that nobody has handled before: neither the completion of the task before, nor an event
            // of its commands.
            if (run.Replaying && isLast && current.EventId > _history.PreviousStartedId
                && current.EventType is not EventType.WorkflowTaskCompleted && !current.IsCommandEvent())
            {
                run.Replaying = false;
            }

            var apply = !skip;
            skip = false;
            if (current.EventType is EventType.WorkflowExecutionUpdateAdmitted)
            {
                var request = UpdateRequest.FromAdmitted(current);
                if (run.Replaying)
                {
                    (admitted ??= new(StringComparer.Ordinal))[request.InstanceId] = request;
                }
                else
                {
                    _requests.Add(request);
                }

                apply = false;
            }

            DeliverRequests(upTo: current.EventId - 1);
            if (apply)
            {
                skip = matcher.Apply(current, i + 1 < events.Length ? events[i + 1] : null);
            }

            run.LastEventId = current.EventId;
        }

        return admitted;
    }

    // What the workflow decided in this sequence stands as events in the next; a replay has to know of it before its code runs:
    // patches, because the code asks at once; local activities and updates, because the first run had them in this very activation.
    private void LookAhead(long afterId, Dictionary<string, UpdateRequest>? admitted)
    {
        List<HistoryEvent>? delayed = null;
        foreach (var ahead in _history.Peek(afterId))
        {
            if (ahead.EventType is EventType.MarkerRecorded && PatchMarker.TryRead(ahead, out var marker))
            {
                run.Patches.SeenInHistory(marker.Id);
                run.AddJob(null, new() { NotifyHasPatch = new() { PatchId = marker.Id } });
            }
            else if (LocalActivityMarker.IsMarker(ahead) || ahead.EventType is EventType.WorkflowExecutionUpdateAccepted)
            {
                (delayed ??= []).Add(ahead);
            }
        }

        foreach (var ahead in delayed ?? [])
        {
            if (ahead.WorkflowExecutionUpdateAcceptedEventAttributes is { } accepted)
            {
                Announce(admitted?.GetValueOrDefault(accepted.ProtocolInstanceId) ?? UpdateRequest.FromAccepted(ahead));
                continue;
            }

            var known = LocalActivityMarker.Read(ahead);
            if (run.Index.FindLocalActivity(known.Data.Seq) is null or { WaitsForMarker: true })
            {
                run.LocalActivities.AddKnown(known);
                run.ResolveKnownLocalActivities();
            }
        }
    }

    private void NoteCompletions(ReadOnlySpan<HistoryEvent> events)
    {
        foreach (var current in events)
        {
            if (current.WorkflowTaskCompletedEventAttributes is { } completed)
            {
                NoteCompletion(completed);
            }
        }

        if (!events.IsEmpty && _history.PeekCompleted(events[^1].EventId) is { } next)
        {
            NoteCompletion(next);
        }
    }

    private void NoteCompletion(WorkflowTaskCompletedEventAttributes completed)
    {
        run.Flags.AddFrom(completed.SdkMetadata);
        run.DeploymentVersion = DeploymentVersions.Of(completed) ?? run.DeploymentVersion;
    }

    private void DeliverRequests(long upTo)
    {
        if (_requests.Count == 0)
        {
            return;
        }

        var due = _requests.FindAll(r => r.SequencingEventId <= upTo);
        _requests.RemoveAll(r => r.SequencingEventId <= upTo);
        due.ForEach(Announce);
    }

    private void Announce(UpdateRequest request)
    {
        var machine = new UpdateMachine(run, request);
        run.Index.Add(machine);
        machine.Announce(runValidator: !run.Replaying);
    }
}
