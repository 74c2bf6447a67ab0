using Temporalio.Rpc;

namespace Temporalio.Server.Execution;

/// <summary>What leaves an actor because of a step: after the commit that holds its cause, or never.</summary>
internal abstract class Effect
{
    /// <summary>Called outside every actor's lock.</summary>
    public abstract void Release(Engine engine);

    /// <summary>The cause was lost: its commit failed.</summary>
    public virtual void Abandon(RpcFault fault)
    {
    }
}

/// <summary>An item of an actor's mailbox, and, once executed, its own reply.</summary>
internal abstract class ActorMessage : Effect
{
    /// <summary>The run that must be in memory before the step; empty for the current one.</summary>
    public string RunId { get; init; } = "";

    /// <summary>
    /// Runs the step. Whatever it has changed is kept, also if it answers with a fault: check first, change afterwards.
    /// </summary>
    public abstract void Execute(ActorStep step);

    public override void Release(Engine engine)
    {
    }
}

/// <summary>A step as a function, with an answer.</summary>
internal sealed class ActorCall<T>(Func<ActorStep, T> function) : ActorMessage
{
    private readonly TaskCompletionSource<T> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RpcFault? _fault;
    private T? _result;

    public Task<T> Reply => _reply.Task;

    public override void Execute(ActorStep step)
    {
        try
        {
            _result = function(step);
        }
        catch (RpcFault fault)
        {
            _fault = fault;
        }
    }

    public override void Release(Engine engine)
    {
        if (_fault is not null)
        {
            _reply.TrySetException(_fault);
        }
        else
        {
            _reply.TrySetResult(_result!);
        }
    }

    public override void Abandon(RpcFault fault) => _reply.TrySetException(fault);
}

/// <summary>A step without an answer: a timer, a message from another execution.</summary>
internal sealed class ActorNotice(Action<ActorStep> action, Action<RpcFault>? abandoned = null) : ActorMessage
{
    public override void Execute(ActorStep step) => action(step);

    public override void Abandon(RpcFault fault) => abandoned?.Invoke(fault);
}

/// <summary>Something to do once the commit has returned.</summary>
internal sealed class Afterwards(Action<Engine> action, Action<RpcFault>? abandoned = null) : Effect
{
    public override void Release(Engine engine) => action(engine);

    public override void Abandon(RpcFault fault) => abandoned?.Invoke(fault);
}

/// <summary>A message from one execution to another.</summary>
internal sealed class SendMessage(Store.WorkflowKey to, ActorMessage message) : Effect
{
    public override void Release(Engine engine) => engine.Actors.Post(to, message);
}
