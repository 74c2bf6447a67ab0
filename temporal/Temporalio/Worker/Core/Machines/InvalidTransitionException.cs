namespace Temporalio.Worker.Core.Machines;

/// <summary>A machine was triggered in a state that has no row for it: the history or this core is wrong.</summary>
internal sealed class InvalidTransitionException(string machine, string state, string trigger)
    : Exception($"{machine} machine has no transition for {trigger} in state {state}")
{
    public string Machine { get; } = machine;

    public string State { get; } = state;

    public string Trigger { get; } = trigger;
}
