using Agents.Durable.Agent;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Models.Anthropic;
using Agents.Durable.Agent.Models.OpenAi;
using Agents.Durable.Agent.Models.Scripted;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Agent.Tools.Http;
using Agents.Durable.Agent.Tools.Mcp;
using Agents.Durable.Agent.Tools.Shell;
using Agents.Durable.Agent.Tools.Workspace;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The runtime of agents, as services of a host.</summary>
public static class ReactServices
{
    internal const string HttpClientName = "agent-tools";

    /// <summary>Makes the tools among a type's methods (see <see cref="AgentToolAttribute"/>) known to agents; the type may take services in its constructor.</summary>
    public static IServiceCollection AddAgentTools<T>(this IServiceCollection services)
        where T : class
    {
        services.TryAddSingleton<T>();
        services.AddSingleton(provider => new LocalToolSet([.. FunctionTool.AllOf(typeof(T), provider.GetRequiredService<T>()).Select(tool => new LocalTool(tool.Tool, tool.Attribute.Group))]));
        return services;
    }

    /// <summary>
    /// Runs declarative agents in this process. Needs an <see cref="ITemporalClient"/> of <see cref="AgentWorkflows.Namespace"/> among the services, beside
    /// those of <c>AddDurableData</c> and <c>AddTaskStream</c>.
    /// </summary>
    public static IServiceCollection AddAgentWorker(this IServiceCollection services) => services.AddReactSteps().AddSingleton<QueueServer>().AddHostedService<AgentWorker>().AddHostedService<TaskReconciler>();

    /// <summary>Everything that runs of declarative agents are made of, but the worker that runs them.</summary>
    internal static IServiceCollection AddReactSteps(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AgentRuntimeOptions>()
            .Configure<IConfiguration>((options, configuration) => options.TrustDefinitions = configuration["Auth:Mode"] == "Development")
            .BindConfiguration(AgentRuntimeOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ModelPrices>().BindConfiguration(ModelPrices.Section);
        services.AddOptions<OpenAiOptions>().BindConfiguration(OpenAiOptions.Section);
        services.AddOptions<AnthropicOptions>().BindConfiguration(AnthropicOptions.Section);
        services.AddSingleton<IConfigureOptions<McpServerOptions>, McpServerConfiguration>();

        services.AddSingleton<RunStore>();
        services.AddSingleton<TranscriptStore>();
        services.AddSingleton<ModelCallStore>();
        services.AddSingleton<EffectLedger>();
        services.AddSingleton<AgentDefinitions>();

        services.AddSingleton<IModelProvider, ScriptedModelProvider>();
        services.AddSingleton<IModelProvider, OpenAiModelProvider>();
        services.AddSingleton<IModelProvider, AnthropicModelProvider>();
        services.AddSingleton<ModelProviders>();

        services.AddHttpClient(HttpClientName)
            .ConfigurePrimaryHttpMessageHandler(provider => PublicAddresses.Handler(provider.GetRequiredService<IOptions<AgentRuntimeOptions>>().Value.TrustDefinitions))
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);
        services.AddSingleton(provider => new LocalToolSet(
        [
            .. FunctionTool.AllOf(typeof(WorkspaceTools), null).Select(tool => new LocalTool(tool.Tool, tool.Attribute.Group)),
            new LocalTool(new EditFileTool(), WorkspaceTools.Group),
            new LocalTool(new HttpFetchTool(provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName)), "http"),
        ]));
        services.AddSingleton<IToolSource, LocalTools>();
        services.AddSingleton<IToolSource>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new ShellTools(() => ShellSandbox.FindAsync(time), time, provider.GetRequiredService<ILogger<ShellTools>>());
        });
        services.AddSingleton<IToolSource, McpTools>();
        services.AddSingleton<ToolCatalog>();

        services.AddSingleton<MailStep>();
        services.AddSingleton<ModelStep>();
        services.AddSingleton<ToolStep>();
        services.AddSingleton<SkipStep>();
        services.AddSingleton<NoticeStep>();
        services.AddSingleton<SettleStep>();
        services.AddSingleton<PostStep>();
        services.AddSingleton<AskStep>();
        services.AddSingleton<SayStep>();
        services.AddSingleton<ListStep>();
        services.AddSingleton<StateStep>();
        services.AddSingleton<SpanStep>();
        services.AddSingleton(All);
        services.AddSingleton<RunActivities>();
        return services;
    }

    private static RunSteps All(IServiceProvider services) => new()
    {
        Mail = services.GetRequiredService<MailStep>(),
        Model = services.GetRequiredService<ModelStep>(),
        Tool = services.GetRequiredService<ToolStep>(),
        Ask = services.GetRequiredService<AskStep>(),
        Skip = services.GetRequiredService<SkipStep>(),
        Notice = services.GetRequiredService<NoticeStep>(),
        Settle = services.GetRequiredService<SettleStep>(),
        Post = services.GetRequiredService<PostStep>(),
        Say = services.GetRequiredService<SayStep>(),
        List = services.GetRequiredService<ListStep>(),
        State = services.GetRequiredService<StateStep>(),
        Span = services.GetRequiredService<SpanStep>(),
    };

    /// <summary>Binds each server's own section when it is asked for by name.</summary>
    private sealed class McpServerConfiguration(IConfiguration configuration) : IConfigureNamedOptions<McpServerOptions>
    {
        public void Configure(string? name, McpServerOptions options) => configuration.GetSection($"Mcp:Servers:{name}").Bind(options);

        public void Configure(McpServerOptions options)
        {
        }
    }
}
