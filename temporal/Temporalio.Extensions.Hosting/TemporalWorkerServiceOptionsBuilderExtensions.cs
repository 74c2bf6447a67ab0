using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Temporalio.Extensions.Hosting;

/// <summary>What a hosted worker runs, and how.</summary>
public static class TemporalWorkerServiceOptionsBuilderExtensions
{
    /// <summary>Adds all activities of the type, and the type as a service: one instance for the host.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddSingletonActivities<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.AddSingletonActivities(typeof(T));

    /// <inheritdoc cref="AddSingletonActivities{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddSingletonActivities(this ITemporalWorkerServiceOptionsBuilder builder, Type type)
    {
        builder.Services.TryAddSingleton(type);
        return builder.ApplyTemporalActivities(type);
    }

    /// <summary>Adds all activities of the type, and the type as a service: one instance per activity.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddScopedActivities<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.AddScopedActivities(typeof(T));

    /// <inheritdoc cref="AddScopedActivities{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddScopedActivities(this ITemporalWorkerServiceOptionsBuilder builder, Type type)
    {
        builder.Services.TryAddScoped(type);
        return builder.ApplyTemporalActivities(type);
    }

    /// <summary>Adds all activities of the type, and the type as a service: a new instance whenever one is needed.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddTransientActivities<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.AddTransientActivities(typeof(T));

    /// <inheritdoc cref="AddTransientActivities{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddTransientActivities(this ITemporalWorkerServiceOptionsBuilder builder, Type type)
    {
        builder.Services.TryAddTransient(type);
        return builder.ApplyTemporalActivities(type);
    }

    /// <summary>Adds all activities of the type, which must be static.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddStaticActivities<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.AddStaticActivities(typeof(T));

    /// <inheritdoc cref="AddStaticActivities{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddStaticActivities(this ITemporalWorkerServiceOptionsBuilder builder, Type type) =>
        builder.ConfigureOptions(options => options.AddAllActivities(type, null));

    /// <summary>Adds all activities of the type, to be called on the instance.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddActivitiesInstance<T>(this ITemporalWorkerServiceOptionsBuilder builder, T instance) =>
        builder.AddActivitiesInstance(typeof(T), instance!);

    /// <inheritdoc cref="AddActivitiesInstance{T}(ITemporalWorkerServiceOptionsBuilder, T)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddActivitiesInstance(
        this ITemporalWorkerServiceOptionsBuilder builder, Type type, object instance) =>
        builder.ConfigureOptions(options => options.AddAllActivities(type, instance));

    /// <summary>Adds a workflow.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddWorkflow<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.AddWorkflow(typeof(T));

    /// <inheritdoc cref="AddWorkflow{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddWorkflow(this ITemporalWorkerServiceOptionsBuilder builder, Type type) =>
        builder.ConfigureOptions(options => options.AddWorkflow(type));

    /// <summary>Adds all activities of a type that is a service already, or all of whose activities are static.</summary>
    public static ITemporalWorkerServiceOptionsBuilder ApplyTemporalActivities<T>(this ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.ApplyTemporalActivities(typeof(T));

    /// <inheritdoc cref="ApplyTemporalActivities{T}(ITemporalWorkerServiceOptionsBuilder)"/>
    public static ITemporalWorkerServiceOptionsBuilder ApplyTemporalActivities(this ITemporalWorkerServiceOptionsBuilder builder, Type type)
    {
        builder.ConfigureOptions().PostConfigure<IServiceProvider>((options, provider) =>
        {
            foreach (var definition in provider.CreateTemporalActivityDefinitions(type))
            {
                options.AddActivity(definition);
            }
        });
        return builder;
    }

    /// <summary>The options of the worker.</summary>
    /// <param name="builder">The worker's builder.</param>
    /// <param name="disallowDuplicates">No effect: a second worker of one queue and version is refused in any case.</param>
    public static OptionsBuilder<TemporalWorkerServiceOptions> ConfigureOptions(
        this ITemporalWorkerServiceOptionsBuilder builder, bool disallowDuplicates = false) =>
        builder.Services.AddOptions<TemporalWorkerServiceOptions>(OptionsName(builder));

    /// <summary>Changes the options of the worker.</summary>
    /// <param name="builder">The worker's builder.</param>
    /// <param name="configure">The change.</param>
    /// <param name="disallowDuplicates">No effect: a second worker of one queue and version is refused in any case.</param>
    public static ITemporalWorkerServiceOptionsBuilder ConfigureOptions(
        this ITemporalWorkerServiceOptionsBuilder builder, Action<TemporalWorkerServiceOptions> configure, bool disallowDuplicates = false)
    {
        builder.ConfigureOptions(disallowDuplicates).Configure(configure);
        return builder;
    }

    private static string OptionsName(ITemporalWorkerServiceOptionsBuilder builder) => builder is TemporalWorkerServiceOptionsBuilder own
        ? own.OptionsName
#pragma warning disable CS0618 // Somebody else's builder may have only this.
        : TemporalWorkerServiceOptions.GetUniqueOptionsName(builder.TaskQueue, builder.DeploymentOptions?.Version?.ToCanonicalString() ?? builder.BuildId);
#pragma warning restore CS0618
}
