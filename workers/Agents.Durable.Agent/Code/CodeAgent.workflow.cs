using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Code;

/// <summary>
/// An agent whose loop is the author's own code: a workflow, so everything that Temporal asks of workflow code holds, and everything that Temporal offers
/// (timers, activities, child workflows) is there. One instance is one task.
/// </summary>
/// <remarks>
/// <para>A class derives from it, has <c>[Workflow]</c>, and one run method, which is always this:</para>
/// <code>
/// [WorkflowRun]
/// public Task RunAsync(RunState? carried = null) => LiveAsync(carried, async () =>
/// {
///     while (true)
///     {
///         var said = await Messages.NextAsync();
///         var reply = await Model.CallAsync();
///     }
/// });
/// </code>
/// <para>The work is called again from its beginning when the task is taken up after an interruption and when it goes on in a new history; local variables do not
/// outlive that, <see cref="State"/> and what was handed to <see cref="Remember{T}"/> do. When the work returns, the task is completed, unless messages came that
/// it had not seen. A <see cref="Temporalio.Exceptions.FailureException"/> that it lets through fails the task with its message; any other exception is taken
/// for a bug that a corrected program can go on from, as in every workflow.</para>
/// </remarks>
public abstract class CodeAgent
{
    private readonly CodeRun _run = new();

    /// <summary>Makes the parts; the workflow begins with <see cref="LiveAsync"/>.</summary>
    protected CodeAgent()
    {
        Messages = new AgentMessages(_run);
        Stream = new AgentStream(_run);
        State = new AgentMemory(_run);
        Model = new AgentModel(_run);
        Tools = new AgentTools(_run);
        Spans = new AgentSpans(_run);
    }

    /// <summary>What people say, and what the agent says in whole messages.</summary>
    protected AgentMessages Messages { get; }

    /// <summary>Messages that are shown while they grow.</summary>
    protected AgentStream Stream { get; }

    /// <summary>The task's state, as <c>/states</c> shows it.</summary>
    protected AgentMemory State { get; }

    /// <summary>The model of the agent's definition.</summary>
    protected AgentModel Model { get; }

    /// <summary>The tools of the agent's definition.</summary>
    protected AgentTools Tools { get; }

    /// <summary>The task's trace, as <c>/spans</c> shows it.</summary>
    protected AgentSpans Spans { get; }

    /// <summary>
    /// Whether the history is long enough to go on in a new one. <see cref="AgentMessages.NextAsync"/> does so by itself; work that never waits for messages asks
    /// here now and then, and throws <see cref="ContinueAsNew"/>.
    /// </summary>
    protected bool HistoryIsFull => _run.Run.HistoryFull;

    /// <summary>The exception to throw to go on in a new history. No call of model or tools may be under way.</summary>
    protected Exception ContinueAsNew() => _run.Run.ContinueAsNew();

    /// <summary>Keeps a value from one history of the task to the next; small, because every history begins with it. The last one counts.</summary>
    protected void Remember<T>(T value) => _run.Run.State = _run.Run.State with { Memory = JsonSerializer.SerializeToElement(value) };

    /// <summary>The value that was kept last; the type's default when there is none.</summary>
    protected T? Remembered<T>() => _run.Run.State.Memory is { } memory ? memory.Deserialize<T>() : default;

    /// <summary>Lives the task: calls the work, and gives the task its status when it ends, whatever ends it.</summary>
    /// <param name="carried">The run method's own argument.</param>
    /// <param name="work">What the agent does.</param>
    protected Task LiveAsync(RunState? carried, Func<Task> work) => _run.LiveAsync(carried, work);

    /// <summary>The engine's word that there is mail.</summary>
    [WorkflowSignal(AgentWorkflows.Wake)]
    public Task WakeAsync(long position)
    {
        _run.Run.Expect(position);
        return Task.CompletedTask;
    }

    /// <summary>Stops at the next boundary, and waits for mail.</summary>
    [WorkflowSignal(AgentSessions.Interrupt)]
    public Task InterruptAsync()
    {
        _run.Run.Interrupt();
        return Task.CompletedTask;
    }

    /// <summary>Refuses what can be no message.</summary>
    [WorkflowUpdateValidator(nameof(SendMessageAsync))]
    public void ValidateMessage(string text) => _run.Run.CheckMessage(text);

    /// <summary>Takes a message, and answers when the agent waits for the next one.</summary>
    [WorkflowUpdate(AgentSessions.SendMessage)]
    public Task<SessionTurn> SendMessageAsync(string text) => _run.Run.TakeMessageAsync(text);

    /// <summary>What the run is at.</summary>
    [WorkflowQuery(AgentSessions.State)]
    public SessionState QueryState() => _run.Run.Describe();

    /// <summary>What the task has used so far.</summary>
    [WorkflowQuery(AgentSessions.Usage)]
    public SessionUsage QueryUsage() => _run.Run.Usage();

    /// <summary>What the run waits for.</summary>
    [WorkflowQuery(AgentSessions.Pending)]
    public SessionPending QueryPending() => _run.Run.Pending();
}
