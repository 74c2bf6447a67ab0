using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Temporalio.Rpc;

/// <summary>Answers one method. Throws <see cref="RpcFault"/> to refuse; anything else it throws is answered as INTERNAL.</summary>
public delegate ValueTask<RpcReply> RpcHandler(IMessage request, RpcContext context);

/// <summary>The server's table of methods. Methods of known services that have no handler, and unknown ones, are UNIMPLEMENTED.</summary>
public sealed class RpcRouter
{
    private readonly Dictionary<string, (RpcMethod Method, RpcHandler Handler)> _routes = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => _routes.Keys;

    public void Add(MethodDescriptor descriptor, RpcHandler handler)
    {
        var method = new RpcMethod(descriptor);
        _routes.Add(method.Path, (method, handler));
    }

    /// <summary>Adds a handler with the types of its messages.</summary>
    public void Add<TRequest, TResponse>(MethodDescriptor descriptor, Func<TRequest, RpcContext, ValueTask<TResponse>> handler)
        where TRequest : class, IMessage
        where TResponse : class, IMessage =>
        Add(descriptor, async (request, context) => new RpcReply(await handler((TRequest)request, context)));

    public bool TryFind(string path, out RpcMethod method, out RpcHandler handler)
    {
        var found = _routes.TryGetValue(path, out var route);
        (method, handler) = route;
        return found;
    }

    /// <summary>The refusal of a path that is not served, in grpc-go's words.</summary>
    public RpcFault Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash <= 0)
        {
            return new RpcFault(RpcStatusCode.Unimplemented, $"malformed method name: \"{path}\"");
        }
        var service = path[1..slash];
        return _routes.Keys.Any(k => k.StartsWith($"/{service}/", StringComparison.Ordinal))
            ? new RpcFault(RpcStatusCode.Unimplemented, $"unknown method {path[(slash + 1)..]} for service {service}")
            : new RpcFault(RpcStatusCode.Unimplemented, $"unknown service {service}");
    }
}
