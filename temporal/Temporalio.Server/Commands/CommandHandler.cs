using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Commands;

/// <summary>Why a worker's answer is refused.</summary>
internal sealed record CommandRefusal(WorkflowTaskFailedCause Cause, string Message)
{
    /// <summary>True if no answer of the workflow's could be taken: it is ended.</summary>
    public bool Terminates { get; init; }

    /// <summary>What the worker and the history are told.</summary>
    public string Text => Message.Length == 0 ? Cause.ToString() : $"{Cause}: {Message}";
}

/// <summary>One type of command: checked together with all others of the answer before the first of them changes anything.</summary>
internal abstract class CommandHandler
{
    public abstract CommandType Type { get; }

    /// <summary>True if the workflow is closed by it.</summary>
    public virtual bool Closes => false;

    /// <summary>Says what is wrong with the command in its place after the ones checked before it; <see langword="null"/> if nothing is.</summary>
    public abstract CommandRefusal? Check(CommandCheck check, Command command);

    /// <summary>Makes it happen. Never fails: <see cref="Check"/> has let it pass.</summary>
    public abstract void Apply(CommandContext context, Command command);
}

/// <summary>What the commands checked so far would have made of the run: enough to judge the next one.</summary>
internal sealed class CommandCheck(RunStep step, RespondWorkflowTaskCompletedRequest request, long completedEventId)
{
    private HashSet<string>? _activities;
    private Dictionary<long, string>? _scheduled;
    private HashSet<long>? _canceled;
    private Dictionary<string, bool>? _timers;

    public RunStep Step { get; } = step;

    public Run Run => Step.Run;

    public RespondWorkflowTaskCompletedRequest Request { get; } = request;

    /// <summary>The id that the command's event will get.</summary>
    public long NextEventId { get; set; } = completedEventId + 1;

    public UpdateCheck Updates { get; } = new(step.Run, request.Messages);

    /// <summary>Children that the answer starts.</summary>
    public HashSet<string> NewChildren { get; } = [];

    public bool HasActivity(string activityId) => _activities?.Contains(activityId) == true || (Run.Activities.Find(activityId) is { } a && (a.IsStarted || _canceled?.Contains(a.ScheduledEventId) != true));

    public int ActivityCount => Run.Activities.Count + (_activities?.Count ?? 0);

    public void AddActivity(string activityId)
    {
        (_activities ??= []).Add(activityId);
        (_scheduled ??= []).Add(NextEventId, activityId);
    }

    /// <summary>Whether the activity's end lies in the buffer: the worker does not know of it.</summary>
    public bool HasActivityBufferedEnd(long scheduledEventId) => Run.Buffer.HasActivityEnd(scheduledEventId);

    /// <summary>Notes a cancellation.</summary>
    public ActivityCancel CancelActivity(long scheduledEventId)
    {
        if (_scheduled?.Remove(scheduledEventId, out var id) == true)
        {
            _activities!.Remove(id);
            return ActivityCancel.EndsAtOnce;
        }

        if (Run.Activities.Find(scheduledEventId) is not { CancelRequested: false } activity || !(_canceled ??= []).Add(scheduledEventId))
        {
            return ActivityCancel.Unknown;
        }

        return activity.IsStarted ? ActivityCancel.Requested : ActivityCancel.EndsAtOnce;
    }

    public bool HasTimer(string timerId) => _timers?.TryGetValue(timerId, out var running) == true ? running : Run.Timers.Find(timerId) is not null;

    public void SetTimer(string timerId, bool running) => (_timers ??= [])[timerId] = running;
}

/// <summary>What cancelling an activity would do.</summary>
internal enum ActivityCancel
{
    /// <summary>There is no such activity, or it was cancelled before.</summary>
    Unknown,

    /// <summary>A worker has it and will be told.</summary>
    Requested,

    /// <summary>Nobody has it.</summary>
    EndsAtOnce,
}

/// <summary>Where commands are applied, and what they ask for beyond their events.</summary>
internal sealed class CommandContext(RunStep step, RespondWorkflowTaskCompletedRequest request, long completedEventId)
{
    public RunStep Step { get; } = step;

    public Run Run => Step.Run;

    public RespondWorkflowTaskCompletedRequest Request { get; } = request;

    public long CompletedEventId { get; } = completedEventId;

    /// <summary>The answer's messages, until a command or the end places them.</summary>
    public MessageBag Messages { get; } = new(request.Messages);

    /// <summary>Something ended at once, which the workflow has to see.</summary>
    public bool NeedsTask { get; set; }

    public List<ActivityTaskStart> EagerActivities { get; } = [];
}

/// <summary>What the commands of an answer ask for beyond their events.</summary>
internal readonly record struct CommandOutcome(bool NeedsTask, IReadOnlyList<ActivityTaskStart> EagerActivities);
