using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>What a run's history says has been begun and is over, beside what its first event brings along from earlier runs.</summary>
internal sealed class Progress
{
    private readonly Dictionary<long, string> _scheduled = [];

    public HashSet<string> Begun { get; } = [];

    public HashSet<string> Done { get; } = [];

    /// <summary>In the order in which they came.</summary>
    public List<string> Signals { get; } = [];

    /// <summary>The stage at which this run begins.</summary>
    public int FirstStage { get; private set; }

    public int Attempt { get; private set; } = 1;

    public bool CancelRequested { get; private set; }

    public static Progress Of(IEnumerable<HistoryEvent> history)
    {
        var progress = new Progress();
        foreach (var e in history)
        {
            progress.Add(e);
        }

        return progress;
    }

    public bool IsDone(ScriptStep step) => step is SignalsStep signals ? Signals.Count >= signals.Count : Done.Contains(step.Id);

    /// <summary>What the next run has to know.</summary>
    public Payloads Next(int stage) => ScriptedWorkflow.Text($"{stage} {string.Join(' ', Signals)}".TrimEnd());

    private void Add(HistoryEvent e)
    {
        switch (e.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                Start(e.WorkflowExecutionStartedEventAttributes);
                break;
            case EventType.WorkflowExecutionCancelRequested:
                CancelRequested = true;
                break;
            case EventType.WorkflowExecutionSignaled:
                var signal = ScriptedWorkflow.Text(e.WorkflowExecutionSignaledEventAttributes.Input);
                if (signal.Length > 0 && !Signals.Contains(signal))
                {
                    Signals.Add(signal);
                }

                break;
            case EventType.TimerStarted:
                Begun.Add(e.TimerStartedEventAttributes.TimerId);
                break;
            case EventType.TimerFired:
                Done.Add(e.TimerFiredEventAttributes.TimerId);
                break;
            case EventType.TimerCanceled:
                Done.Add(e.TimerCanceledEventAttributes.TimerId);
                break;
            case EventType.ActivityTaskScheduled:
                Begin(e, e.ActivityTaskScheduledEventAttributes.ActivityId);
                break;
            case EventType.StartChildWorkflowExecutionInitiated:
                Begin(e, ScriptedWorkflow.Text(e.StartChildWorkflowExecutionInitiatedEventAttributes.Input).Split(':')[0]);
                break;
            case EventType.RequestCancelExternalWorkflowExecutionInitiated:
                Begin(e, e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes.Reason);
                break;
            case EventType.SignalExternalWorkflowExecutionInitiated:
                Begin(e, e.SignalExternalWorkflowExecutionInitiatedEventAttributes.SignalName);
                break;
            default:
                if (Endings.Of(e) is > 0 and var scheduled)
                {
                    Done.Add(_scheduled[scheduled]);
                }

                break;
        }
    }

    private void Begin(HistoryEvent e, string id)
    {
        Begun.Add(id);
        _scheduled.Add(e.EventId, id);
    }

    private void Start(WorkflowExecutionStartedEventAttributes start)
    {
        Attempt = start.Attempt;
        var words = ScriptedWorkflow.Text(start.Input).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && int.TryParse(words[0], out var stage))
        {
            FirstStage = stage;
            Signals.AddRange(words.Skip(1));
        }
    }
}
