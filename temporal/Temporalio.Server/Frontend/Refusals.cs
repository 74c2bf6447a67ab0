using Google.Protobuf;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>Calls of earlier ways to version workers and of features that are off, which a server like the original refuses in fixed words.</summary>
internal sealed class Refusals(Engine engine)
{
    public ValueTask<RpcReply> Deployments(IMessage request, RpcContext context) =>
        throw new RpcFault(RpcStatusCode.Unimplemented, "Deployments are deprecated and no longer supported, use Worker Deployments instead");

    public ValueTask<RpcReply> Rules(IMessage request, RpcContext context) =>
        throw new RpcFault(RpcStatusCode.Unimplemented, $"method {request.Descriptor.Name[..^"Request".Length]} not supported");

    public ValueTask<RpcReply> Versioning(IMessage request, RpcContext context)
    {
        engine.Namespaces.Require((string)request.Descriptor.FindFieldByName("namespace").Accessor.GetValue(request));
        throw new RpcFault(
            RpcStatusCode.PermissionDenied,
            request is GetWorkerBuildIdCompatibilityRequest or UpdateWorkerBuildIdCompatibilityRequest
                ? "Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace."
                : "Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace.",
            new PermissionDeniedFailure());
    }
}
