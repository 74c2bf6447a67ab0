using Google.Protobuf.Reflection;

namespace Temporalio.Rpc;

/// <summary>A unary method, identified by its path <c>/package.Service/Method</c>.</summary>
public sealed class RpcMethod(MethodDescriptor descriptor)
{
    public MethodDescriptor Descriptor { get; } = descriptor;

    public string Path { get; } = $"/{descriptor.Service.FullName}/{descriptor.Name}";

    public string Name => Descriptor.Name;
}
