using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Frontend;

namespace Temporalio.Server;

/// <summary>A namespace. The id of one that exists from the start follows from its name, so that it is always the same.</summary>
internal sealed record NamespaceEntry(string Name, string Id)
{
    public NamespaceState State { get; init; } = NamespaceState.Registered;

    public string Description { get; init; } = "";

    public string OwnerEmail { get; init; } = "";

    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>The server's own retention if <see langword="null"/>.</summary>
    public TimeSpan? Retention { get; init; }
}

/// <summary>The namespaces this server knows.</summary>
internal sealed class NamespaceRegistry
{
    /// <summary>The server's own namespace.</summary>
    public const string System = "temporal-system";

    private readonly ConcurrentDictionary<string, NamespaceEntry> _byName = new(StringComparer.Ordinal);

    public NamespaceRegistry(IReadOnlyList<string> names)
    {
        Set(new NamespaceEntry(System, "32049b68-7872-4094-8e63-d0dd59896a83") { Description = "Temporal internal system namespace" });
        foreach (var name in names)
        {
            Set(new NamespaceEntry(name, new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("namespace/" + name)).AsSpan(0, 16)).ToString()));
        }
    }

    public IEnumerable<NamespaceEntry> All => _byName.Values.OrderBy(e => e.Name, StringComparer.Ordinal);

    public NamespaceEntry? Find(string name) => _byName.GetValueOrDefault(name);

    public NamespaceEntry? FindById(string id)
    {
        foreach (var entry in _byName.Values)
        {
            if (entry.Id == id)
            {
                return entry;
            }
        }

        return null;
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT without a name, NOT_FOUND for an unknown one.</exception>
    public NamespaceEntry Require(string name) => Find(name) ?? throw Faults.NamespaceNotFound(name);

    /// <summary>The same for those that manage namespaces, which have their own words for one that is not named.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT without a name, NOT_FOUND for an unknown one.</exception>
    public NamespaceEntry RequireNamed(string name) => name.Length > 0 ? Require(name) : throw Faults.NamespaceNotSet();

    /// <summary>Adds the namespace unless its name is taken.</summary>
    public bool TryAdd(NamespaceEntry entry) => _byName.TryAdd(entry.Name, entry);

    public void Set(NamespaceEntry entry) => _byName[entry.Name] = entry;

    public void Remove(string name) => _byName.TryRemove(name, out _);
}
