namespace Agents.Durable.Agent.Models.Anthropic;

/// <summary>The provider <c>anthropic</c>; section <c>Models:Anthropic</c> of the configuration.</summary>
public sealed class AnthropicOptions
{
    public const string Section = "Models:Anthropic";

    /// <summary>Default: the environment variable <c>ANTHROPIC_BASE_URL</c>, else Anthropic's own address.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Default: the environment variable <c>ANTHROPIC_API_KEY</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Tokens of an answer where the definition's <c>max_tokens</c> says nothing; the provider wants a number. Default 8192.</summary>
    public int MaxTokens { get; set; } = 8_192;
}
