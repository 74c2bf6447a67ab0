using System.Text.Json;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>Activities that do what those of a recorded history did: fail as often, return the same, or wait to be cancelled.</summary>
internal sealed class RecordedActivities
{
    private readonly Dictionary<string, Outcome> _outcomes = [];
    private readonly HashSet<string> _cancelled = [];

    public RecordedActivities(IEnumerable<HistoryEvent> events)
    {
        var ids = new Dictionary<long, string>();
        var attempts = new Dictionary<long, int>();
        foreach (var e in events)
        {
            switch (e.EventType)
            {
                case EventType.ActivityTaskScheduled:
                    ids[e.EventId] = e.ActivityTaskScheduledEventAttributes.ActivityId;
                    break;
                case EventType.ActivityTaskStarted:
                    attempts[e.ActivityTaskStartedEventAttributes.ScheduledEventId] = e.ActivityTaskStartedEventAttributes.Attempt;
                    break;
                case EventType.ActivityTaskCompleted:
                    var completed = e.ActivityTaskCompletedEventAttributes;
                    _outcomes[ids[completed.ScheduledEventId]] = new(attempts[completed.ScheduledEventId], completed.Result?.Payloads_.FirstOrDefault(), null);
                    break;
                case EventType.ActivityTaskFailed:
                    var failed = e.ActivityTaskFailedEventAttributes;
                    _outcomes[ids[failed.ScheduledEventId]] = new(attempts[failed.ScheduledEventId], null, failed.Failure);
                    break;
                case EventType.ActivityTaskCanceled:
                    _cancelled.Add(ids[e.ActivityTaskCanceledEventAttributes.ScheduledEventId]);
                    break;
                case EventType.MarkerRecorded when e.MarkerRecordedEventAttributes.MarkerName == "core_local_activity":
                    AddLocal(e.MarkerRecordedEventAttributes);
                    break;
            }
        }
    }

    public ActivityDefinition Definition => ActivityDefinition.Create(
        null, typeof(Task<IRawValue?>), [typeof(IRawValue[])], 1, _ => RunAsync());

    private void AddLocal(MarkerRecordedEventAttributes marker)
    {
        if (marker.Failure?.CanceledFailureInfo is not null)
        {
            return;
        }

        using var data = JsonDocument.Parse(marker.Details["data"].Payloads_[0].Data.Memory);
        _outcomes[data.RootElement.GetProperty("activity_id").GetString()!] = new(
            data.RootElement.GetProperty("attempt").GetInt32(),
            marker.Details.TryGetValue("result", out var result) ? result.Payloads_.FirstOrDefault() : null,
            marker.Failure);
    }

    private async Task<IRawValue?> RunAsync()
    {
        var context = ActivityExecutionContext.Current;
        if (!_outcomes.TryGetValue(context.Info.ActivityId, out var outcome))
        {
            while (true)
            {
                // Without, one that timed out may have done so for want of it.
                if (_cancelled.Contains(context.Info.ActivityId))
                {
                    context.Heartbeat();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, context.CancellationToken);
            }
        }

        if (context.Info.Attempt < outcome.Attempt)
        {
            throw new ApplicationFailureException("again", nextRetryDelay: TimeSpan.FromMilliseconds(10));
        }

        if (outcome.Failure is { } failure)
        {
            throw new ApplicationFailureException(failure.Message, failure.ApplicationFailureInfo?.Type, nonRetryable: true);
        }

        return outcome.Result is null ? null : new RawValue(outcome.Result);
    }

    private sealed record Outcome(int Attempt, Payload? Result, Failure? Failure);
}
