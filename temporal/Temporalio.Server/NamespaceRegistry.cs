using System.Security.Cryptography;
using System.Text;
using Temporalio.Server.Frontend;

namespace Temporalio.Server;

/// <summary>A namespace. Its id follows from its name, so that it is the same after every start.</summary>
internal sealed record NamespaceEntry(string Name, string Id);

/// <summary>The namespaces this server knows.</summary>
internal sealed class NamespaceRegistry
{
    private const string System = "temporal-system";

    private readonly Dictionary<string, NamespaceEntry> _byName = new(StringComparer.Ordinal)
    {
        [System] = new NamespaceEntry(System, "32049b68-7872-4094-8e63-d0dd59896a83"),
    };

    public NamespaceRegistry(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            _byName[name] = new NamespaceEntry(name, new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("namespace/" + name)).AsSpan(0, 16)).ToString());
        }
    }

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
}
