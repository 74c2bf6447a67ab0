using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// The engine's side of schedules: it keeps the clock, and starts a small workflow for each fire (<c>Schedules/ScheduledRun.workflow.cs</c>). Schedules are
/// named after the row's id, so all calls may be repeated. They throw when the engine is out of reach.
/// </summary>
internal interface IScheduleEngine
{
    /// <summary>Makes the engine's schedule what the row says, whatever was there before.</summary>
    /// <exception cref="ScheduleRefusedException">There is no such cadence or zone.</exception>
    Task PutAsync(RunScheduleRow schedule, CancellationToken cancellationToken);

    /// <summary>None is no error.</summary>
    Task RemoveAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>What the engine has done and will do; null where it has no such schedule.</summary>
    Task<EngineSchedule?> LookAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>Starts a run by hand. It is durable when this returns.</summary>
    Task StartAsync(RunScheduleRow schedule, string fireId, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <param name="Version">Of the row that it was made from.</param>
/// <param name="NextTimes">The next ten, skipped ones left out.</param>
/// <param name="Actions">How many runs the clock began.</param>
internal sealed record EngineSchedule(long Version, IReadOnlyList<DateTimeOffset> NextTimes, long Actions, DateTimeOffset? LastActionTime);

/// <summary>The engine does not take this schedule; the message says why.</summary>
internal sealed class ScheduleRefusedException(string message, Exception? cause = null) : Exception(message, cause);
