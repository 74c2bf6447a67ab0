using Agents.Durable.Data.Stream;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public static class TaskStreamServices
{
    /// <summary>Adds the <see cref="TaskStream"/>. An <c>NpgsqlDataSource</c> must be registered.</summary>
    public static IServiceCollection AddTaskStream(this IServiceCollection services)
    {
        services.AddOptions<TaskStreamOptions>().BindConfiguration(TaskStreamOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StreamRows>();
        services.AddSingleton<StreamInsert>();
        services.AddSingleton<StreamNotifier>();
        services.AddSingleton<TaskFeeds>();
        services.AddSingleton<StreamAppender>();
        services.AddSingleton(provider => new TaskStream(
            provider.GetRequiredService<StreamAppender>(),
            provider.GetRequiredService<TaskFeeds>(),
            provider.GetRequiredService<StreamRows>(),
            provider.GetRequiredService<IOptions<TaskStreamOptions>>()));
        services.AddSingleton<StreamFolder>();
        services.AddHostedService(provider => provider.GetRequiredService<StreamFolder>());
        services.AddHostedService<StreamListener>();
        services.AddHostedService<StreamClosing>();
        return services;
    }
}
