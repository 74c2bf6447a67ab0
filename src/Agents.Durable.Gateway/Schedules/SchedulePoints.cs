namespace Agents.Durable.Gateway.Schedules;

/// <summary>Places around schedules where tests kill the process; see <see cref="Data.KillPoints"/>.</summary>
internal static class SchedulePoints
{
    public const string BeforeEngine = "schedule.before_engine";
    public const string AfterEngine = "schedule.after_engine";
    public const string AfterCommit = "schedule.after_commit";
    public const string AfterTrigger = "schedule.after_trigger";
    public const string AfterTask = "fire.after_task";
    public const string AfterQuestion = "fire.after_question";
    public const string AfterInput = "fire.after_input";
    public const string AfterMark = "fire.after_mark";
}
