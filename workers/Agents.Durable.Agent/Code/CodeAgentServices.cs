using Agents.Durable.Agent;
using Agents.Durable.Agent.Code;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Agents whose loop is the author's own code, as services of a program.</summary>
public static class CodeAgentServices
{
    /// <summary>
    /// Runs an agent in this program, and makes it known to the gateway under its name: tasks of it are workflows of <typeparamref name="T"/>. The host is found by
    /// <see cref="CodeAgentOptions"/>. Models and tools are called by the host's workers; with <see cref="AddAgentSteps"/>, by this program.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Lower-case letters, digits and dashes; it is the name of workflow type and task queue, too.</param>
    /// <param name="definition">What it is and what it may use.</param>
    /// <exception cref="ArgumentException">The name is taken by the product.</exception>
    public static IServiceCollection AddCodeAgent<T>(this IServiceCollection services, string name, CodeAgentDefinition? definition = null)
        where T : CodeAgent, new()
    {
        if (name == AgentWorkflows.TaskQueue)
        {
            throw new ArgumentException($"'{name}' is the queue of declarative agents.", nameof(name));
        }

        var entry = new CodeAgentEntry(name, typeof(T), definition ?? new CodeAgentDefinition());
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<CodeAgentOptions>().BindConfiguration(CodeAgentOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AgentRuntimeOptions>().BindConfiguration(AgentRuntimeOptions.Section);
        services.AddHttpClient(CodeAgentRegistration.HttpClientName);
        services.TryAddSingleton<ITemporalClient>(Connect);
        services.TryAddSingleton<QueueServer>();
        services.AddSingleton<IHostedService>(provider => new CodeAgentWorker(
            entry, provider.GetRequiredService<QueueServer>(), provider.GetRequiredService<IOptions<AgentRuntimeOptions>>(), provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<RunActivities>()));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<CodeAgentRegistration>(provider, entry));
        return services;
    }

    /// <summary>
    /// Lets this program make the steps of its code agents itself, so that tools of its own (<see cref="ReactServices.AddAgentTools{T}"/>), model providers and MCP
    /// servers are there for them.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="database">Connection string of the host's PostgreSQL, whose schema the host keeps.</param>
    public static IServiceCollection AddAgentSteps(this IServiceCollection services, string database) => services.AddDurableData(database).AddTaskStream().AddReactSteps();

    private static TemporalClient Connect(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<CodeAgentOptions>>().Value;
        return TemporalClient.CreateLazy(new TemporalClientConnectOptions(options.Temporal)
        {
            Namespace = options.Namespace,
            // In every history that this process writes to, so it is short.
            Identity = $"{Environment.ProcessId}",
            LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
        });
    }
}
