namespace Temporalio.Worker.WorkflowTasks;

/// <summary>
/// A piece of workflow code to run. On its thread, <see cref="Finish"/> follows <see cref="Run"/>; once <see cref="Exceeded"/> was called,
/// <see cref="EndedLate"/> does instead.
/// </summary>
internal abstract class WorkflowWork
{
    /// <summary>How long <see cref="Run"/> may take; <see cref="TimeSpan.MaxValue"/> for any time.</summary>
    public abstract TimeSpan Limit { get; }

    /// <summary>Runs the code. Must not throw.</summary>
    public abstract void Run();

    /// <summary>Goes on once the thread is no longer watched.</summary>
    public abstract void Finish();

    /// <summary>The code still runs after its time. Called on another thread.</summary>
    public abstract void Exceeded();

    /// <summary>The code has ended after all.</summary>
    public abstract void EndedLate();
}
