namespace Temporalio.Exceptions;

/// <summary>A schedule with this id exists already.</summary>
public class ScheduleAlreadyRunningException() : FailureException("Schedule already running");
