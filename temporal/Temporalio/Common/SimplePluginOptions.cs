using Temporalio.Activities;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Common;

/// <summary>What a <see cref="SimplePlugin"/> adds.</summary>
public class SimplePluginOptions : ICloneable
{
    /// <summary>Replaces the data converter.</summary>
    public DataConverter? DataConverter
    {
        get => DataConverterOption?.Constant;
        set => DataConverterOption = value is null ? null : new(value);
    }

    /// <summary>Replaces or changes the data converter.</summary>
    public SimplePluginOption<DataConverter>? DataConverterOption { get; set; }

    /// <summary>Added to the client's interceptors.</summary>
    public IReadOnlyCollection<IClientInterceptor>? ClientInterceptors
    {
        get => ClientInterceptorsOption?.Constant;
        set => ClientInterceptorsOption = value is null ? null : new(value);
    }

    /// <summary>Added to the client's interceptors, or changes them.</summary>
    public SimplePluginOption<IReadOnlyCollection<IClientInterceptor>>? ClientInterceptorsOption { get; set; }

    /// <summary>Added to workers.</summary>
    public IList<ActivityDefinition> Activities { get; private set; } = [];

    /// <summary>Added to workers and replayers.</summary>
    public IList<WorkflowDefinition> Workflows { get; private set; } = [];

    /// <summary>Added to the interceptors of workers and replayers.</summary>
    public IReadOnlyCollection<IWorkerInterceptor>? WorkerInterceptors
    {
        get => WorkerInterceptorsOption?.Constant;
        set => WorkerInterceptorsOption = value is null ? null : new(value);
    }

    /// <summary>Added to the interceptors of workers and replayers, or changes them.</summary>
    public SimplePluginOption<IReadOnlyCollection<IWorkerInterceptor>>? WorkerInterceptorsOption { get; set; }

    /// <summary>Added to the exceptions that fail workflows.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes
    {
        get => WorkflowFailureExceptionTypesOption?.Constant;
        set => WorkflowFailureExceptionTypesOption = value is null ? null : new(value);
    }

    /// <summary>Added to the exceptions that fail workflows, or changes them.</summary>
    public SimplePluginOption<IReadOnlyCollection<Type>>? WorkflowFailureExceptionTypesOption { get; set; }

    /// <summary>Called before a worker or replayer runs.</summary>
    public Func<Task>? RunContextBefore { get; set; }

    /// <summary>Called after a worker or replayer has run, however it ended.</summary>
    public Func<Task>? RunContextAfter { get; set; }

    /// <summary>Adds the activity of a method with <see cref="ActivityAttribute"/>.</summary>
    public SimplePluginOptions AddActivity(Delegate del) => AddActivity(ActivityDefinition.Create(del));

    /// <summary>Adds an activity.</summary>
    public SimplePluginOptions AddActivity(ActivityDefinition definition)
    {
        Activities.Add(definition);
        return this;
    }

    /// <summary>Adds all activities of a type. An instance is needed if one of them is not static.</summary>
    public SimplePluginOptions AddAllActivities<T>(T? instance) => AddAllActivities(typeof(T), instance);

    /// <inheritdoc cref="AddAllActivities{T}(T)"/>
    public SimplePluginOptions AddAllActivities(Type type, object? instance)
    {
        foreach (var definition in ActivityDefinition.CreateAll(type, instance))
        {
            AddActivity(definition);
        }

        return this;
    }

    /// <summary>Adds the workflow of a type with <see cref="WorkflowAttribute"/>.</summary>
    public SimplePluginOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <inheritdoc cref="AddWorkflow{T}()"/>
    public SimplePluginOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    public SimplePluginOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <summary>A copy with lists of its own.</summary>
    public virtual object Clone()
    {
        var copy = (SimplePluginOptions)MemberwiseClone();
        copy.Activities = [.. Activities];
        copy.Workflows = [.. Workflows];
        return copy;
    }

    /// <summary>Either a value or a change of what is there.</summary>
    public class SimplePluginOption<T>
    {
        /// <param name="value">The value.</param>
        public SimplePluginOption(T value) => Constant = value;

        /// <param name="value">Makes the new value of the existing one.</param>
        public SimplePluginOption(Func<T?, T> value) => Configurable = value;

        /// <summary>Makes the new value of the existing one.</summary>
        public Func<T?, T>? Configurable { get; }

        /// <summary>The value.</summary>
        public T? Constant { get; }
    }
}
