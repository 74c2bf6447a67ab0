using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class GetSystemInfoHandler
{
    /// <summary>The server whose behaviour this one has: clients compare it with the features they want.</summary>
    public const string ServerVersion = "1.32.0";

    public ValueTask<GetSystemInfoResponse> HandleAsync(GetSystemInfoRequest request, RpcContext context) => new(new GetSystemInfoResponse
    {
        ServerVersion = ServerVersion,
        Capabilities = new()
        {
            SignalAndQueryHeader = true,
            InternalErrorDifferentiation = true,
            ActivityFailureIncludeHeartbeat = true,
            EncodedFailureAttributes = true,
            UpsertMemo = true,
            EagerWorkflowStart = true,
            SdkMetadata = true,

            // Workers name their build with their answers only to a server that says this; histories keep the name.
            BuildIdBasedVersioning = true,
        },
    });
}
