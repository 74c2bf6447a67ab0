using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Finds the machine that an event concerns. An event without one, where there must be one, is nondeterminism.</summary>
internal sealed class EventMatcher(RunMachines run)
{
    /// <summary>Applies one event; answers whether the next one has to be passed over.</summary>
    public bool Apply(HistoryEvent historyEvent, HistoryEvent? next)
    {
        if (historyEvent.ClosesWorkflow())
        {
            run.SawTerminalEvent = true;
        }

        if (historyEvent.IsIgnorable())
        {
            return false;
        }

        if (historyEvent.EventType is EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionTimedOut)
        {
            return next is null && run.TaskIsLastInHistory
                ? false
                : throw new FatalRunException("Machines were fed a history which has an event after workflow execution was terminated!");
        }

        if (historyEvent.EventType is EventType.Unspecified || historyEvent.AttributesCase is HistoryEvent.AttributesOneofCase.None)
        {
            return historyEvent.WorkerMayIgnore
                ? false
                : throw new FatalRunException($"Event type is unspecified! This history is invalid. Event detail: {EventText.Of(historyEvent)}");
        }

        if (historyEvent.IsCommandEvent())
        {
            return ApplyCommandEvent(historyEvent, next);
        }

        if (historyEvent.WorkflowTaskStartedEventAttributes is { } started)
        {
            run.Hints = TaskHints.From(started);
        }

        var initiatingId = historyEvent.InitiatingEventId();
        if (initiatingId == 0)
        {
            ApplyStateless(historyEvent);
            return false;
        }

        var machine = run.Index.FindByEvent(initiatingId) ?? throw new NondeterminismException(
            $"During event handling, this event had an initial command ID but we could not find a matching command for it: {EventText.Of(historyEvent)}");
        machine.Apply(historyEvent);
        if (machine.IsSettled)
        {
            run.Index.ForgetEvent(initiatingId);
            run.Index.Forget(machine);
        }

        return false;
    }

    private bool ApplyCommandEvent(HistoryEvent historyEvent, HistoryEvent? next)
    {
        if (LocalActivityMarker.IsMarker(historyEvent) && ApplyResolvedMarker(historyEvent))
        {
            return false;
        }

        while (true)
        {
            run.Outgoing.TryPeek(out var front);
            switch (PatchRules.Match(historyEvent, front?.Machine as PatchMachine, next))
            {
                case PatchMatch.DropCommand:
                    run.Outgoing.Dequeue();
                    continue;
                case PatchMatch.SkipEvent:
                    return false;
                case PatchMatch.SkipEventAndNext:
                    return true;
            }

            if (!run.Outgoing.TryDequeue(out var entry))
            {
                throw new NondeterminismException($"No command scheduled for event {EventText.Of(historyEvent)}");
            }

            if (entry.Machine.CancelledBeforeSent)
            {
                run.Index.Forget(entry.Machine);
                continue;
            }

            entry.Machine.Apply(historyEvent);
            if (entry.Machine.IsSettled)
            {
                run.Index.Forget(entry.Machine);
            }
            else
            {
                run.Index.Add(historyEvent.EventId, entry.Machine);
            }

            return false;
        }
    }

    private bool ApplyResolvedMarker(HistoryEvent historyEvent)
    {
        var seq = LocalActivityMarker.Read(historyEvent).Data.Seq;
        var machine = run.Index.FindLocalActivity(seq)
            ?? throw new NondeterminismException($"Missing associated machine for {MachineKind.LocalActivity}({seq})");
        if (!machine.MarkerBypassesCommands())
        {
            return false;
        }

        machine.Apply(historyEvent);
        run.Index.Forget(machine);
        return true;
    }

    private void ApplyStateless(HistoryEvent historyEvent)
    {
        switch (historyEvent.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                // A query may come before any workflow task has started, and has to find a clock.
                if (historyEvent.EventTime is { } time)
                {
                    run.AdvanceTime(time);
                }

                var attributes = historyEvent.WorkflowExecutionStartedEventAttributes;
                run.Start = WorkflowStart.From(attributes);
                run.AddJob(null, new() { InitializeWorkflow = WorkflowStart.Job(attributes, run.WorkflowId, historyEvent.EventTime) });
                break;
            case EventType.WorkflowTaskScheduled:
                var machine = new WorkflowTaskMachine(run, run.NextStartedId);
                machine.Apply(historyEvent);
                run.Index.Add(historyEvent.EventId, machine);
                break;
            case EventType.WorkflowExecutionSignaled:
                run.AddJob(null, new() { SignalWorkflow = SignalJob(historyEvent) });
                break;
            case EventType.WorkflowExecutionCancelRequested:
                run.AddJob(null, new()
                {
                    CancelWorkflow = new() { Reason = historyEvent.WorkflowExecutionCancelRequestedEventAttributes.Cause },
                });
                break;
            default:
                throw new FatalRunException($"The event is not a non-stateful event, but we tried to handle it as one: {EventText.Of(historyEvent)}");
        }
    }

    private static Bridge.Api.WorkflowActivation.SignalWorkflow SignalJob(HistoryEvent historyEvent)
    {
        var attributes = historyEvent.WorkflowExecutionSignaledEventAttributes;
        var job = new Bridge.Api.WorkflowActivation.SignalWorkflow
        {
            SignalName = attributes.SignalName,
            Identity = attributes.Identity,
            OriginatingEventId = historyEvent.EventId,
        };
        if (attributes.Input is { } input)
        {
            job.Input.Add(input.Payloads_);
        }

        if (attributes.Header is { } header)
        {
            job.Headers.Add(header.Fields);
        }

        return job;
    }
}
