using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Temporalio.Rpc;

namespace Temporalio.Tests.Client;

public class ScheduleTests
{
    private static readonly Schedule s_schedule = new(
        ScheduleActionStartWorkflow.Create((IOrder w) => w.RunAsync("tea", 1), new("order", "queue") { Memo = new Dictionary<string, object> { ["m"] = 1 } }),
        new()
        {
            Calendars = [new() { Hour = [new(9, 17)], Comment = "work" }],
            Intervals = [new(TimeSpan.FromHours(2), TimeSpan.FromMinutes(5))],
            CronExpressions = ["@daily"],
            StartAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Jitter = TimeSpan.FromSeconds(3),
            TimeZoneName = "Europe/Berlin",
        })
    {
        State = new() { Note = "note", Paused = true },
    };

    [Fact]
    public async Task CreateScheduleAsync_Everything_IsSentAndComesBackThroughDescribe()
    {
        CreateScheduleRequest? created = null;
        var service = new FakeService()
            .On<CreateScheduleRequest, CreateScheduleResponse>("CreateSchedule", r =>
            {
                created = r;
                return new();
            })
            .On<DescribeScheduleRequest, DescribeScheduleResponse>("DescribeSchedule", _ => new() { Schedule = created!.Schedule, Info = new(), Memo = created.Memo })
            .On<UpdateScheduleRequest, UpdateScheduleResponse>("UpdateSchedule", _ => new());
        var client = service.Client();

        var handle = await client.CreateScheduleAsync("sched", s_schedule, new() { TriggerImmediately = true });
        var description = await handle.DescribeAsync();
        await handle.UpdateAsync(input => new(input.Description.Schedule));

        Assert.Equal(ScheduleOverlapPolicy.Skip, created!.InitialPatch.TriggerImmediately.OverlapPolicy);
        Assert.Equal("Order", created.Schedule.Action.StartWorkflow.WorkflowType.Name);
        Assert.Equal(9, created.Schedule.Spec.StructuredCalendar[0].Hour[0].Start);
        Assert.Equal(TimeSpan.FromDays(365), created.Schedule.Policies.CatchupWindow.ToTimeSpan());
        Assert.Equal(s_schedule.State, description.Schedule.State);
        Assert.Equal(s_schedule.Spec.Intervals, description.Schedule.Spec.Intervals);
        // What was described goes back as it came: nothing is decoded and encoded on the way.
        Assert.Equal(created.Schedule.Action.StartWorkflow.Input, service.Only<UpdateScheduleRequest>().Schedule.Action.StartWorkflow.Input);
        Assert.Equal(created.Schedule.Action.StartWorkflow.Memo, service.Only<UpdateScheduleRequest>().Schedule.Action.StartWorkflow.Memo);
        Assert.Equal(created.Schedule.Spec, service.Only<UpdateScheduleRequest>().Schedule.Spec);
    }

    [Fact]
    public async Task CreateScheduleAsync_IdTaken_SaysSo()
    {
        var service = new FakeService().On<CreateScheduleRequest, CreateScheduleResponse>(
            "CreateSchedule", _ => throw new RpcFault(RpcStatusCode.AlreadyExists, "taken"));

        await Assert.ThrowsAsync<ScheduleAlreadyRunningException>(() => service.Client().CreateScheduleAsync("sched", s_schedule));
    }

    [Fact]
    public async Task PatchCalls_EachOne_SendsItsPatch()
    {
        var service = new FakeService().On<PatchScheduleRequest, PatchScheduleResponse>("PatchSchedule", _ => new());
        var handle = service.Client().GetScheduleHandle("sched");

        await handle.PauseAsync("why");
        await handle.UnpauseAsync();
        await handle.TriggerAsync(new() { Overlap = ScheduleOverlapPolicy.AllowAll });
        await handle.BackfillAsync([new(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1))]);

        var patches = service.Requests.Select(r => r.Request).OfType<PatchScheduleRequest>().Select(r => r.Patch).ToArray();
        Assert.Equal("why", patches[0].Pause);
        Assert.NotEmpty(patches[1].Unpause);
        Assert.Equal(ScheduleOverlapPolicy.AllowAll, patches[2].TriggerImmediately.OverlapPolicy);
        Assert.Equal(86400, patches[3].BackfillRequest[0].EndTime.Seconds);
    }
}
