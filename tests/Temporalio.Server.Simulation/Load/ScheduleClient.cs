using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Makes a schedule, waits until it has started everything that it is to start, and deletes it.</summary>
internal sealed class ScheduleClient(Caller caller, Ledger ledger, ScheduleScript script)
{
    private static readonly WorkflowKey s_any = new(WorkflowWorker.Namespace, "");

    public bool IsDone { get; private set; }

    public ScheduleScript Script => script;

    /// <summary>What the schedule said of itself before it was deleted.</summary>
    public ScheduleInfo? Info { get; private set; }

    /// <summary>The schedule's own run, which is a workflow of the server's.</summary>
    public WorkflowKey Workflow { get; } = s_any with { WorkflowId = $"temporal-sys-scheduler:{script.ScheduleId}" };

    public void Start() => caller.Process.Start(script.ScheduleId, async () =>
    {
        await caller.InsistAsync<CreateScheduleResponse>(Creation());
        var info = new ScheduleInfo();
        while (info.ActionCount < script.Actions || info.RunningWorkflows.Count > 0 || Open().Any())
        {
            await caller.Process.Delay(TimeSpan.FromMilliseconds(700));
            info = await DescribeAsync() ?? info;
        }

        Info = info;
        await DeleteAsync();
        IsDone = true;
    });

    /// <summary>Its workflows that have not ended.</summary>
    public IEnumerable<WorkflowKey> Open() => ledger.Runs.Where(r => IsOwn(r.Workflow) && !r.History.IsClosed).Select(r => r.Workflow);

    public bool IsOwn(WorkflowKey workflow) => workflow.WorkflowId.StartsWith(script.WorkflowId, StringComparison.Ordinal);

    private CreateScheduleRequest Creation() => new()
    {
        Namespace = Workflow.Namespace,
        ScheduleId = script.ScheduleId,
        RequestId = $"create-{script.ScheduleId}",
        Schedule = new Schedule
        {
            Spec = new() { Interval = { new IntervalSpec { Interval = Duration.FromTimeSpan(script.Interval) } } },
            Policies = new() { OverlapPolicy = script.Overlap },
            State = new() { LimitedActions = true, RemainingActions = script.Actions },
            Action = new()
            {
                StartWorkflow = new() { WorkflowId = script.WorkflowId, WorkflowType = new() { Name = "scripted" }, TaskQueue = new() { Name = ScriptedWorkflow.WorkflowQueue } },
            },
        },
    };

    // A superseded server may not know of the schedule yet.
    private async Task<ScheduleInfo?> DescribeAsync()
    {
        try
        {
            return (await caller.InsistAsync<DescribeScheduleResponse>(new DescribeScheduleRequest { Namespace = Workflow.Namespace, ScheduleId = script.ScheduleId })).Info;
        }
        catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound)
        {
            return null;
        }
    }

    // An answer that was lost: the schedule is gone when it is deleted once more.
    private async Task DeleteAsync()
    {
        while (!ledger.HasEnded(Workflow))
        {
            try
            {
                await caller.InsistAsync<DeleteScheduleResponse>(new DeleteScheduleRequest { Namespace = Workflow.Namespace, ScheduleId = script.ScheduleId });
            }
            catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound)
            {
                await caller.Process.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
