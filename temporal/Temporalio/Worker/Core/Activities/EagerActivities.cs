using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.Activities;

/// <summary>
/// Activities that the server may hand back with the answer to the workflow task that schedules them: few of them, on this worker's
/// queue, and only where a slot is free at this moment.
/// </summary>
internal sealed class EagerActivities(ActivityTasks? activities, CoreWorkerOptions options)
{
    public const int MaxPerTask = 3;

    private readonly bool _enabled = activities is not null && options.MaxTaskQueueActivitiesPerSecond is null;

    /// <summary>Takes a slot for each activity that asks for it, and withdraws the wish of the others.</summary>
    public EagerReservations Reserve(IReadOnlyList<Command> commands)
    {
        List<TaskSlot>? permits = null;
        foreach (var command in commands)
        {
            if (command.ScheduleActivityTaskCommandAttributes is not { RequestEagerExecution: true } attributes)
            {
                continue;
            }

            var permit = _enabled && attributes.TaskQueue.Name == options.TaskQueue && (permits?.Count ?? 0) < MaxPerTask
                ? activities!.TryReserve()
                : null;
            if (permit is null)
            {
                attributes.RequestEagerExecution = false;
            }
            else
            {
                (permits ??= []).Add(permit);
            }
        }

        return new(activities, permits);
    }
}

/// <summary>The slots taken for one completion.</summary>
internal readonly struct EagerReservations(ActivityTasks? activities, List<TaskSlot>? permits)
{
    public void Use(RepeatedField<PollActivityTaskQueueResponse> tasks)
    {
        for (var i = 0; i < (permits?.Count ?? 0); i++)
        {
            if (i < tasks.Count)
            {
                activities!.Add(tasks[i], permits![i]);
            }
            else
            {
                permits![i].Release();
            }
        }
    }

    public void Release() => permits?.ForEach(p => p.Release());
}
