using Microsoft.Extensions.Logging;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Worker.Core.Runs;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core.Polling;

/// <summary>
/// The polls for workflow tasks: some on the shared queue, most on this worker's sticky one. There is at least one of each, and together
/// they never need more slots than there are, so neither queue can starve the other.
/// </summary>
internal sealed partial class WorkflowPolling
{
    private readonly PollLoop _loop;
    private readonly WorkerIdentity _identity;
    private readonly TaskIntake _intake;
    private readonly Action<WorkflowTask> _accept;
    private readonly Func<PollWorkflowTaskQueueResponse, Exception, Task> _refuse;
    private readonly ILogger _logger;
    private readonly SlotSource _slots;
    private readonly int _normal;
    private readonly int _sticky;

    // The polls as a whole count as one.
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _accepting = 1;

    public WorkflowPolling(
        CoreWorkerOptions options,
        PollLoop loop,
        WorkerIdentity identity,
        TaskIntake intake,
        Action<WorkflowTask> accept,
        Func<PollWorkflowTaskQueueResponse, Exception, Task> refuse,
        TimeProvider timeProvider,
        ILogger logger)
    {
        _refuse = refuse;
        _loop = loop;
        _identity = identity;
        _intake = intake;
        _accept = accept;
        _logger = logger;
        var slots = Math.Max(1, options.MaxConcurrentWorkflowTasks);
        if (identity.StickyQueueName is not null)
        {
            slots = Math.Max(2, Math.Min(slots, options.MaxCachedWorkflows));
            _normal = Math.Max(1, (int)(options.MaxConcurrentWorkflowTaskPolls * options.NonStickyToStickyPollRatio));
            _sticky = Math.Max(1, options.MaxConcurrentWorkflowTaskPolls - _normal);
            _normal = Math.Min(_normal, Math.Max(1, slots - 1));
            _sticky = Math.Min(_sticky, Math.Max(1, slots - _normal));
        }
        else
        {
            _normal = Math.Max(1, options.MaxConcurrentWorkflowTaskPolls);
        }

        _slots = SuppliedSlots.Of(options.WorkflowSlots, slots, SlotType.Workflow, options, timeProvider, logger);
    }

    public SlotSource Slots => _slots;

    /// <summary>Ends when the polls have, and every task that came is with the runs.</summary>
    /// <exception cref="RpcFault">The server refuses for good.</exception>
    public async Task RunAsync(CancellationToken stopping, CancellationToken cutOff)
    {
        var loops = new List<Task>();
        for (var i = 0; i < _normal; i++)
        {
            loops.Add(PollAsync(() => _identity.NormalQueue, isSticky: false, stopping, cutOff));
        }

        for (var i = 0; i < _sticky; i++)
        {
            loops.Add(PollAsync(() => _identity.StickyQueue!, isSticky: true, stopping, cutOff));
        }

        try
        {
            await Task.WhenAll(loops);
        }
        finally
        {
            LeaveAccepting();
        }

        await _accepted.Task;
    }

    /// <summary>A task, however it came.</summary>
    public void Take(PollWorkflowTaskQueueResponse response, bool isSticky, TaskSlot permit)
    {
        permit.MarkUsed(new SlotInfo.WorkflowSlotInfo(response.WorkflowType?.Name ?? string.Empty, isSticky));
        Interlocked.Increment(ref _accepting);
        _ = AcceptAsync(response, permit);
    }

    private Task PollAsync(Func<TaskQueue> queue, bool isSticky, CancellationToken stopping, CancellationToken cutOff) => _loop.RunAsync<PollWorkflowTaskQueueResponse>(
        WorkflowServiceMethods.PollWorkflowTaskQueue,
        () => Request(queue()),
        _slots,
        isSticky,
        static _ => ValueTask.CompletedTask,
        (response, permit) =>
        {
            if (response.TaskToken.IsEmpty)
            {
                return false;
            }

            Take(response, isSticky, permit);
            return true;
        },
        stopping,
        cutOff);

    private void LeaveAccepting()
    {
        if (Interlocked.Decrement(ref _accepting) == 0)
        {
            _accepted.TrySetResult();
        }
    }

    private async Task AcceptAsync(PollWorkflowTaskQueueResponse response, TaskSlot permit)
    {
        try
        {
            await ReadAsync(response, permit);
        }
        finally
        {
            LeaveAccepting();
        }
    }

    private async Task ReadAsync(PollWorkflowTaskQueueResponse response, TaskSlot permit)
    {
        WorkflowTask task;
        try
        {
            task = await _intake.ReadAsync(response, permit);
        }
        catch (Exception fault)
        {
            LogNotRead(fault, response.WorkflowExecution?.WorkflowId, response.WorkflowExecution?.RunId);
            await _refuse(response, fault);
            permit.Release();
            return;
        }

        _accept(task);
    }

    private PollWorkflowTaskQueueRequest Request(TaskQueue queue)
    {
        var request = new PollWorkflowTaskQueueRequest
        {
            Namespace = _identity.Namespace,
            TaskQueue = queue,
            Identity = _identity.Identity,
            WorkerInstanceKey = _identity.InstanceKey,
            DeploymentOptions = _identity.Deployment,
        };
#pragma warning disable CS0612 // How a worker without a deployment tells its build.
        request.BinaryChecksum = _identity.BinaryChecksum;
        request.WorkerVersionCapabilities = _identity.Capabilities;
#pragma warning restore CS0612
        return request;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A workflow task of {WorkflowId}, run {RunId}, could not be read.")]
    private partial void LogNotRead(Exception fault, string? workflowId, string? runId);
}
