using Agents.Durable.Data.Definitions;
using Anthropic;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Agent.Models.Anthropic;

/// <summary>The provider <c>anthropic</c>: Anthropic's messages, through its own package.</summary>
internal sealed class AnthropicModelProvider(IOptions<AnthropicOptions> options) : IModelProvider, IDisposable
{
    // One for all models: connections are shared, and the handler turns refusals into what the engine can decide on.
    private readonly HttpClient _http = new(new ProviderRefusals { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) } })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string Name => "anthropic";

    public IChatClient Create(ModelDefinition model)
    {
        if (model.Name.Length == 0)
        {
            throw new ModelException("The agent's definition does not name a model (model.name).");
        }

        var settings = options.Value;
        var key = settings.ApiKey ?? Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY");
        var baseUrl = settings.BaseUrl?.ToString() ?? Environment.GetEnvironmentVariable("ANTHROPIC_BASE_URL");
        if (string.IsNullOrEmpty(key) && string.IsNullOrEmpty(baseUrl))
        {
            throw new ModelException("No key for the provider 'anthropic': set Models:Anthropic:ApiKey or ANTHROPIC_API_KEY.");
        }

        // Retries are the engine's, where they survive a crash and show in the task. The time-out is the model call's own.
        var client = new AnthropicClient
        {
            ApiKey = string.IsNullOrEmpty(key) ? "none" : key,
            BaseUrl = string.IsNullOrEmpty(baseUrl) ? "https://api.anthropic.com" : baseUrl.TrimEnd('/'),
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(1),
            HttpClient = _http,
        };
        return new AnthropicChatClient(client.AsIChatClient(model.Name, settings.MaxTokens));
    }

    public void Dispose() => _http.Dispose();
}
