using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Worker.Tuning;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class SlotSupplierTests(TestServer server)
{
    [Fact]
    public async Task ExecuteAsync_SuppliersOfTheUser_AreAskedToldAndGivenBackEverySlot()
    {
        var workflows = new CountingSupplier();
        var activities = new CountingSupplier();
        await server.WithWorkerAsync(
            options =>
            {
                options.AddWorkflow<OneActivity>().AddActivity(OneActivity.Echo);
                options.Tuner = new WorkerTuner(workflows, activities, new CountingSupplier(), new CountingSupplier());
                options.DisableEagerActivityExecution = true;
            },
            async run => Assert.Equal(
                "echo",
                await run.Client.ExecuteWorkflowAsync((OneActivity wf) => wf.RunAsync(), new($"wf-{Guid.NewGuid()}", run.TaskQueue))));

        Assert.Contains(workflows.Used, u => u is SlotInfo.WorkflowSlotInfo { WorkflowType: nameof(OneActivity) });
        Assert.Equal([new SlotInfo.ActivitySlotInfo(nameof(OneActivity.Echo))], activities.Used);
        Assert.Equal(0, workflows.Out);
        Assert.Equal(0, activities.Out);
        Assert.Contains(workflows.Reserved, c => c is { SlotType: SlotType.Workflow, IsSticky: true });
        Assert.All(activities.Reserved, c => Assert.Equal(SlotType.Activity, c.SlotType));
    }

    [Workflow]
    public class OneActivity
    {
        [Activity]
        public static string Echo() => "echo";

        [WorkflowRun]
        public Task<string> RunAsync() =>
            Workflow.ExecuteActivityAsync(() => Echo(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
    }

    private sealed class CountingSupplier : CustomSlotSupplier
    {
        private int _out;

        public ConcurrentBag<SlotReserveContext> Reserved { get; } = [];

        public ConcurrentBag<SlotInfo> Used { get; } = [];

        public int Out => _out;

        public override Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken) => Task.FromResult(Give(ctx));

        public override SlotPermit? TryReserveSlot(SlotReserveContext ctx) => Give(ctx);

        public override void MarkSlotUsed(SlotMarkUsedContext ctx) => Used.Add(ctx.SlotInfo);

        public override void ReleaseSlot(SlotReleaseContext ctx) => Interlocked.Decrement(ref _out);

        private SlotPermit Give(SlotReserveContext ctx)
        {
            Interlocked.Increment(ref _out);
            Reserved.Add(ctx);
            return new();
        }
    }
}
