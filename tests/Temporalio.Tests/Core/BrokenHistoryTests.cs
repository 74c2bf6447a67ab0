using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Tests.Core;

public sealed class BrokenHistoryTests
{
    [Fact]
    public void Task_WithAnEventOfAnothersAttributes_FailsAndTheOtherRunsGoOn()
    {
        var runs = new RunStreamHarness();
        var broken = HistoryBuilder.Started().Add(EventType.ActivityTaskStarted, e => e.TimerStartedEventAttributes = new()).Task();
        runs.Task(broken.Events, 0, broken.LastStarted, runId: "broken");

        var report = runs.Report();
        var failure = Assert.IsType<CompletionOutcome.Fail>(report.Ticket.Outcome);
        Assert.Equal(WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure, failure.Cause);
        runs.Post(new RunInput.Reported("broken", report.Ticket, TaskReport.Reported()));
        Assert.NotNull(Assert.Single(Activation(runs, "broken").Jobs).RemoveFromCache);
        runs.ReplyFor("broken");

        var sound = HistoryBuilder.Started().Task();
        runs.Task(sound.Events, 0, sound.LastStarted, runId: "sound");
        Assert.NotNull(Assert.Single(Activation(runs, "sound").Jobs).InitializeWorkflow);
    }

    private static WorkflowActivation Activation(RunStreamHarness runs, string runId)
    {
        var activation = runs.Activation();
        Assert.Equal(runId, activation.RunId);
        return activation;
    }
}
