using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models;

/// <summary>Makes clients for the models of one provider. Register further ones as services to give agents further providers.</summary>
/// <remarks>A client streams, and reports failures as <see cref="ModelException"/>, without retries of its own: the engine retries.</remarks>
public interface IModelProvider
{
    /// <summary>What an agent's definition calls it.</summary>
    string Name { get; }

    /// <summary>A client for one model; callers dispose it.</summary>
    /// <exception cref="ModelException">The model's name or parameters cannot be used.</exception>
    IChatClient Create(ModelDefinition model);
}

/// <summary>The providers known to this worker.</summary>
public sealed class ModelProviders(IEnumerable<IModelProvider> providers)
{
    private readonly Dictionary<string, IModelProvider> _byName = Index(providers);

    /// <summary>A client for the model of a definition; the caller disposes it.</summary>
    /// <exception cref="ModelException">The provider is not known here, or cannot serve this model.</exception>
    public IChatClient Create(ModelDefinition model) => _byName.TryGetValue(model.Provider, out var provider)
        ? provider.Create(model)
        : throw new ModelException(model.Provider.Length == 0 ? "This agent's definition names no model." : $"The model provider '{model.Provider}' is not known; known are {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}.");

    private static Dictionary<string, IModelProvider> Index(IEnumerable<IModelProvider> providers)
    {
        // The last registration of a name wins, as with all services.
        var index = new Dictionary<string, IModelProvider>(StringComparer.Ordinal);
        foreach (var provider in providers)
        {
            index[provider.Name] = provider;
        }

        return index;
    }
}
