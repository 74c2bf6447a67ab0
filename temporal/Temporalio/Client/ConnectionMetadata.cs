using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Client;

/// <summary>
/// What is sent with every call of a connection, ready made: one dictionary per namespace, built anew only when the connection's
/// metadata changes.
/// </summary>
internal sealed class ConnectionMetadata
{
    private static readonly string s_version =
        typeof(ConnectionMetadata).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _byNamespace = new(StringComparer.Ordinal);

    internal ConnectionMetadata(
        IReadOnlyCollection<KeyValuePair<string, string>> metadata,
        IReadOnlyCollection<KeyValuePair<string, byte[]>> binary,
        string? apiKey)
    {
        Metadata = metadata;
        Binary = binary;
        ApiKey = apiKey;
        BinaryDictionary = binary.ToDictionary(p => p.Key.ToLowerInvariant(), p => p.Value);
    }

    internal IReadOnlyCollection<KeyValuePair<string, string>> Metadata { get; }

    internal IReadOnlyCollection<KeyValuePair<string, byte[]>> Binary { get; }

    internal string? ApiKey { get; }

    internal IReadOnlyDictionary<string, byte[]> BinaryDictionary { get; }

    internal ConnectionMetadata With(
        IReadOnlyCollection<KeyValuePair<string, string>>? metadata = null,
        IReadOnlyCollection<KeyValuePair<string, byte[]>>? binary = null) => new(metadata ?? Metadata, binary ?? Binary, ApiKey);

    internal ConnectionMetadata WithApiKey(string? apiKey) => new(Metadata, Binary, apiKey);

    internal IReadOnlyDictionary<string, string> For(string? ns, IReadOnlyCollection<KeyValuePair<string, string>>? additional)
    {
        var common = _byNamespace.GetOrAdd(ns ?? "", Build);
        if (additional is null || additional.Count == 0)
        {
            return common;
        }
        var merged = new Dictionary<string, string>(common);
        foreach (var (name, value) in additional)
        {
            merged[name.ToLowerInvariant()] = value;
        }
        return merged;
    }

    internal IReadOnlyDictionary<string, byte[]> ForBinary(IReadOnlyCollection<KeyValuePair<string, byte[]>>? additional)
    {
        if (additional is null || additional.Count == 0)
        {
            return BinaryDictionary;
        }
        var merged = new Dictionary<string, byte[]>(BinaryDictionary);
        foreach (var (name, value) in additional)
        {
            merged[name.ToLowerInvariant()] = value;
        }
        return merged;
    }

    private IReadOnlyDictionary<string, string> Build(string ns)
    {
        var all = new Dictionary<string, string> { ["client-name"] = "temporal-dotnet", ["client-version"] = s_version };
        if (ns.Length > 0)
        {
            all["temporal-namespace"] = ns;
        }
        if (ApiKey is not null)
        {
            all["authorization"] = $"Bearer {ApiKey}";
        }
        foreach (var (name, value) in Metadata)
        {
            all[name.ToLowerInvariant()] = value;
        }
        return all;
    }
}
