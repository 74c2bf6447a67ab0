using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Temporalio.Rpc;

namespace Temporalio.Client;

/// <summary>The methods of a service by name.</summary>
internal sealed class RpcServiceMethods(ServiceDescriptor service)
{
    private readonly FrozenDictionary<string, ClientMethod> _methods =
        service.Methods.ToFrozenDictionary(m => m.Name, m => new ClientMethod(m));

    internal string Name { get; } = service.FullName;

    internal ClientMethod this[string rpc] => _methods[rpc];
}

/// <summary>A method and what a client has to know about it to call it.</summary>
internal sealed class ClientMethod(MethodDescriptor descriptor)
{
    private readonly FieldDescriptor? _namespace =
        descriptor.InputType.FindFieldByName("namespace") is { FieldType: FieldType.String, IsRepeated: false } field ? field : null;

    private readonly FieldDescriptor? _waitNewEvent = descriptor.InputType.FindFieldByName("wait_new_event");

    internal RpcMethod Rpc { get; } = new(descriptor);

    /// <summary>The request's namespace, which travels as a header, too, so that proxies can route by it.</summary>
    internal string? NamespaceOf(Google.Protobuf.IMessage request) => _namespace?.Accessor.GetValue(request) as string;

    /// <summary>Whether the server holds the call back until there is something to answer.</summary>
    internal bool IsLongPoll(Google.Protobuf.IMessage request) =>
        Rpc.Name.StartsWith("Poll", StringComparison.Ordinal)
        || (_waitNewEvent is not null && _waitNewEvent.Accessor.GetValue(request) is true);
}
