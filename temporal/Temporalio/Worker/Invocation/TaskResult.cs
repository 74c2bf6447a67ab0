using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Worker.Invocation;

/// <summary>Reads the result of a completed task whose type is known only at run time, without reflection per call.</summary>
internal abstract class TaskResult
{
    private static readonly ConcurrentDictionary<Type, TaskResult> s_readers = new();

    /// <summary>The reader of a method's declared return type: <c>Task</c>, <c>Task&lt;T&gt;</c>, or anything else.</summary>
    public static TaskResult Of(Type returnType) => s_readers.GetOrAdd(returnType, Create);

    /// <summary>What the awaited result has for a type; <see cref="ValueTuple"/> when there is none.</summary>
    public static Type ResultType(Type returnType)
    {
        if (TaskType(returnType) is { } task)
        {
            return task.IsGenericType ? task.GetGenericArguments()[0] : typeof(ValueTuple);
        }

        return returnType == typeof(void) ? typeof(ValueTuple) : returnType;
    }

    /// <summary>The boxed result; <see langword="null"/> for a plain task.</summary>
    public abstract object? Read(Task task);

    private static TaskResult Create(Type returnType) =>
        TaskType(returnType) is { IsGenericType: true } task
            ? (TaskResult)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(task.GetGenericArguments()[0]))!
            : new None();

    private static Type? TaskType(Type type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t == typeof(Task) || (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(Task<>)))
            {
                return t;
            }
        }

        return null;
    }

    private sealed class None : TaskResult
    {
        public override object? Read(Task task) => null;
    }

    private sealed class Typed<T> : TaskResult
    {
        // A default ValueTuple is the SDK's "no result"; it has no payload.
        public override object? Read(Task task) => ((Task<T>)task).Result is var result && result is ValueTuple ? null : result;
    }
}
