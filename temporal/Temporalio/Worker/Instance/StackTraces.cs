using System.Diagnostics;
using System.Text;

namespace Temporalio.Worker.Instance;

/// <summary>Where the workflow waits: one stack per wait, kept only when the worker is told to.</summary>
internal sealed class StackTraces(WorkflowStackTrace mode)
{
    private readonly List<(Task Task, StackTrace Trace)> _waits = [];
    private int _pruneAt = 32;

    public T Track<T>(T task)
        where T : Task
    {
        if (mode != WorkflowStackTrace.None && !task.IsCompleted)
        {
            Prune();
            _waits.Add((task, new StackTrace(1, mode == WorkflowStackTrace.Normal)));
        }

        return task;
    }

    /// <exception cref="InvalidOperationException">Stacks are not kept.</exception>
    public string Describe()
    {
        if (mode == WorkflowStackTrace.None)
        {
            throw new InvalidOperationException("Workflow stack traces are not enabled on this worker");
        }

        return string.Join("\n\n", _waits.Where(w => !w.Task.IsCompleted).Select(w => $"Task waiting at:\n{UserFrames(w.Trace)}"));
    }

    /// <summary>Without the frames of the SDK and of the runtime, which say nothing about the workflow.</summary>
    private static string UserFrames(StackTrace trace)
    {
        var text = new StringBuilder();
        foreach (var line in trace.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var frame = line.TrimEnd();
            if (!frame.StartsWith("   at Temporalio.Work", StringComparison.Ordinal) && !frame.StartsWith("   at System.", StringComparison.Ordinal))
            {
                text.Append(frame).Append('\n');
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    private void Prune()
    {
        if (_waits.Count >= _pruneAt)
        {
            _waits.RemoveAll(w => w.Task.IsCompleted);
            _pruneAt = Math.Max(32, _waits.Count * 2);
        }
    }
}
