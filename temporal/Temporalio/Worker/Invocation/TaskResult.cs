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

    /// <summary>The result of a task that may be of another type than was declared, as when something wraps the method.</summary>
    public object? ReadAny(Task task) => CanRead(task) ? Read(task) : Of(task.GetType()).Read(task);

    /// <summary>The boxed result; <see langword="null"/> for a plain task.</summary>
    public abstract object? Read(Task task);

    protected abstract bool CanRead(Task task);

    private static TaskResult Create(Type returnType) => TaskType(returnType) switch
    {
        null => new None(declared: false),
        { IsGenericType: false } => new None(declared: true),

        // What the runtime makes of an async method that returns a plain task.
        var task when task.GetGenericArguments()[0].Name == "VoidTaskResult" => new None(declared: true),
        var task => (TaskResult)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(task.GetGenericArguments()[0]))!,
    };

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

    private sealed class None(bool declared) : TaskResult
    {
        protected override bool CanRead(Task task) => declared;

        public override object? Read(Task task) => null;
    }

    private sealed class Typed<T> : TaskResult
    {
        protected override bool CanRead(Task task) => task is Task<T>;

        // A default ValueTuple is the SDK's "no result"; it has no payload.
        public override object? Read(Task task) => ((Task<T>)task).Result is var result && result is ValueTuple ? null : result;
    }
}
