using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>A worker's first and last words to the server.</summary>
internal sealed partial class ServerHandshake(RpcCaller rpc, CoreWorkerOptions options, WorkerIdentity identity, ILogger logger)
{
    /// <summary>Learns what the server and the namespace can do.</summary>
    /// <exception cref="InvalidOperationException">The server cannot be reached, or it has no such namespace.</exception>
    public async Task<CoreCapabilities> GreetAsync(CancellationToken cancellationToken)
    {
        var known = new CoreCapabilities { SdkMetadata = false, BuildIds = false };
        try
        {
            var info = await rpc.CallAsync<GetSystemInfoResponse>(
                WorkflowServiceMethods.GetSystemInfo, new GetSystemInfoRequest(), RetryProfile.Call, cancellationToken);
            known = known with
            {
                SdkMetadata = info.Capabilities?.SdkMetadata ?? false,
                BuildIds = info.Capabilities?.BuildIdBasedVersioning ?? false,
            };
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unimplemented)
        {
            // A server from before the call; it has no capability that a worker asks about.
        }
        catch (RpcFault fault)
        {
            throw new InvalidOperationException($"Worker validation failed: the server could not be asked: {fault.Message}", fault);
        }

        try
        {
            var description = await rpc.CallAsync<DescribeNamespaceResponse>(
                WorkflowServiceMethods.DescribeNamespace, new DescribeNamespaceRequest { Namespace = options.Namespace }, RetryProfile.Call, cancellationToken);
            known = known with { EndsPollsOnShutdown = description.NamespaceInfo?.Capabilities?.WorkerPollCompleteOnShutdown ?? false };
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unimplemented)
        {
            // Nothing to be learnt about the namespace.
        }
        catch (RpcFault fault)
        {
            throw new InvalidOperationException($"Worker validation failed: namespace {options.Namespace}: {fault.Message}", fault);
        }

        return known;
    }

    /// <summary>A courtesy, told once; a server that does not take it finds out by itself. False if so.</summary>
    public async Task<bool> TrySayGoodbyeAsync()
    {
        var request = new ShutdownWorkerRequest
        {
            Namespace = options.Namespace,
            StickyTaskQueue = identity.StickyQueueName ?? string.Empty,
            TaskQueue = options.TaskQueue,
            Identity = options.Identity,
            Reason = "graceful shutdown",
            WorkerInstanceKey = identity.InstanceKey,
        };
        if (options.PollWorkflows)
        {
            request.TaskQueueTypes.Add(TaskQueueType.Workflow);
        }

        if (options.PollActivities)
        {
            request.TaskQueueTypes.Add(TaskQueueType.Activity);
        }

        try
        {
            await rpc.CallAsync<ShutdownWorkerResponse>(WorkflowServiceMethods.ShutdownWorker, request, RetryProfile.Once);
            return true;
        }
        catch (Exception fault)
        {
            // Whatever it is: the worker has to stop.
            LogGoodbyeNotTaken(fault);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The server did not take notice of the worker's shutdown.")]
    private partial void LogGoodbyeNotTaken(Exception fault);
}
