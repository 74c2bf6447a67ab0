using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Rpc.InProcess;

/// <summary>The addresses that are served in this process. A channel to one of them short-cuts the socket.</summary>
public static class LocalAddresses
{
    private static readonly ConcurrentDictionary<string, InProcessRpcInvoker> s_served = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Serves <paramref name="address"/> (<c>host:port</c>) until the returned registration is disposed.</summary>
    /// <exception cref="InvalidOperationException">The address is served already.</exception>
    public static IDisposable Serve(string address, InProcessRpcInvoker invoker)
    {
        var key = Normalise(address);
        return s_served.TryAdd(key, invoker)
            ? new Registration(key)
            : throw new InvalidOperationException($"{address} is served in this process already.");
    }

    public static bool TryFind(string address, [MaybeNullWhen(false)] out InProcessRpcInvoker invoker)
    {
        invoker = null;
        return !s_served.IsEmpty && s_served.TryGetValue(Normalise(address), out invoker);
    }

    private static string Normalise(string address) =>
        address.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? string.Concat("127.0.0.1", address.AsSpan(9)) : address;

    private sealed class Registration(string key) : IDisposable
    {
        public void Dispose() => s_served.TryRemove(key, out _);
    }
}
