using System.ClientModel;
using System.ClientModel.Primitives;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace Agents.Durable.Agent.Models.OpenAi;

/// <summary>The provider <c>openai</c>: any endpoint compatible with OpenAI's chat completions.</summary>
internal sealed class OpenAiModelProvider(IOptions<OpenAiOptions> options) : IModelProvider
{
    public string Name => "openai";

    public IChatClient Create(ModelDefinition model)
    {
        if (model.Name.Length == 0)
        {
            throw new ModelException("The agent's definition does not name a model (model.name).");
        }

        var settings = options.Value;
        var baseUrl = settings.BaseUrl ?? (Environment.GetEnvironmentVariable("OPENAI_BASE_URL") is { Length: > 0 } url ? new Uri(url) : null);
        var key = settings.ApiKey ?? Environment.GetEnvironmentVariable("OPENAI_API_KEY");
        if (string.IsNullOrEmpty(key) && baseUrl is null)
        {
            throw new ModelException("No key for the provider 'openai': set Models:OpenAI:ApiKey or OPENAI_API_KEY, or point Models:OpenAI:BaseUrl at a server that needs none.");
        }

        // Retries are the engine's, where they survive a crash and show in the task. The time-out is the model call's own.
        var clientOptions = new OpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Timeout.InfiniteTimeSpan };
        if (baseUrl is not null)
        {
            clientOptions.Endpoint = baseUrl;
        }

        return new OpenAiChatClient(new OpenAI.Chat.ChatClient(model.Name, new ApiKeyCredential(string.IsNullOrEmpty(key) ? "none" : key), clientOptions));
    }
}
