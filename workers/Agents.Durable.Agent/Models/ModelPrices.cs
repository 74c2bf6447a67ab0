using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Models;

/// <summary>What models cost; section <c>Models</c> of the configuration.</summary>
public sealed class ModelPrices
{
    public const string Section = "Models";

    /// <summary>By <c>provider/name</c>. A model without a price counts as free.</summary>
    public IDictionary<string, ModelPrice> Prices { get; } = new Dictionary<string, ModelPrice>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Cost of a call in millionths of a US dollar, rounded up.</summary>
    public long MicrosOf(ModelDefinition model, long inputTokens, long outputTokens) =>
        Prices.TryGetValue($"{model.Provider}/{model.Name}", out var price) ? (long)Math.Ceiling((inputTokens * price.Input) + (outputTokens * price.Output)) : 0;
}

/// <summary>US dollars for a million tokens, which is millionths of a dollar for one.</summary>
public sealed class ModelPrice
{
    public decimal Input { get; set; }

    public decimal Output { get; set; }
}
