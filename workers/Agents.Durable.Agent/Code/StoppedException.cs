namespace Agents.Durable.Agent.Code;

/// <summary>
/// The agent is to stop: a person interrupted or canceled the task, or its time is over. Every step throws it at the boundary where it is heeded. Work may catch
/// it to clean up, and lets it through.
/// </summary>
public sealed class StoppedException : Exception
{
    internal StoppedException(Stop stop, string message)
        : base(message) => Stop = stop;

    internal Stop Stop { get; }

    /// <summary>Whether the task goes on when somebody writes again.</summary>
    public bool IsInterruption => Stop == Stop.Interrupt;
}
