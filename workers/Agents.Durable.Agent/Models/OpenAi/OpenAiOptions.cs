namespace Agents.Durable.Agent.Models.OpenAi;

/// <summary>An endpoint that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM and many more. Section <c>Models:OpenAI</c>.</summary>
public sealed class OpenAiOptions
{
    public const string Section = "Models:OpenAI";

    /// <summary>Address up to and including the version. Default: the environment variable OPENAI_BASE_URL, else <c>https://api.openai.com/v1</c>.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Default: the environment variable OPENAI_API_KEY; local servers need none.</summary>
    public string? ApiKey { get; set; }
}
