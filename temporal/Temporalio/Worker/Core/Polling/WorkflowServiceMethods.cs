using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>The calls a worker makes.</summary>
internal static class WorkflowServiceMethods
{
    public static readonly RpcMethod GetSystemInfo = Find(nameof(GetSystemInfo));
    public static readonly RpcMethod DescribeNamespace = Find(nameof(DescribeNamespace));
    public static readonly RpcMethod PollWorkflowTaskQueue = Find(nameof(PollWorkflowTaskQueue));
    public static readonly RpcMethod RespondWorkflowTaskCompleted = Find(nameof(RespondWorkflowTaskCompleted));
    public static readonly RpcMethod RespondWorkflowTaskFailed = Find(nameof(RespondWorkflowTaskFailed));
    public static readonly RpcMethod RespondQueryTaskCompleted = Find(nameof(RespondQueryTaskCompleted));
    public static readonly RpcMethod GetWorkflowExecutionHistory = Find(nameof(GetWorkflowExecutionHistory));
    public static readonly RpcMethod PollActivityTaskQueue = Find(nameof(PollActivityTaskQueue));
    public static readonly RpcMethod RecordActivityTaskHeartbeat = Find(nameof(RecordActivityTaskHeartbeat));
    public static readonly RpcMethod RespondActivityTaskCompleted = Find(nameof(RespondActivityTaskCompleted));
    public static readonly RpcMethod RespondActivityTaskFailed = Find(nameof(RespondActivityTaskFailed));
    public static readonly RpcMethod RespondActivityTaskCanceled = Find(nameof(RespondActivityTaskCanceled));
    public static readonly RpcMethod ShutdownWorker = Find(nameof(ShutdownWorker));

    private static RpcMethod Find(string name) =>
        new(TemporalApiWorkflowserviceV1Reflection.Descriptor.Services[0].FindMethodByName(name));
}
