using Temporalio.Server.Store;
using Temporalio.Server.Timers;

namespace Temporalio.Server.Execution;

/// <summary>The deadline of a run that is not in memory: all that a parked workflow costs.</summary>
internal sealed class WakeUp(Engine engine, WorkflowKey workflow) : ITimerTarget
{
    public void OnDue() => engine.Actors.Post(workflow, new ActorNotice(Deadlines.Process));
}
