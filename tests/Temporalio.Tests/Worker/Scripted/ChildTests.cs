using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

public class ChildTests
{
    [Fact]
    public void Child_StartedAndDone_GivesHandleThenResult()
    {
        var run = new ScriptedRun(typeof(Parent));

        var start = Assert.Single(run.BeginCommands()).StartChildWorkflowExecution;
        Assert.Equal(("child", "Kid", "tq", "ns"), (start.WorkflowId, start.WorkflowType, start.TaskQueue, start.Namespace));

        var signal = Assert.Single(run.Send(Jobs.ChildStarted(1, "child-run"))).SignalExternalWorkflowExecution;
        Assert.Equal(("child", "Poke"), (signal.ChildWorkflowId, signal.SignalName));

        Assert.Empty(run.Send(new Bridge.Api.WorkflowActivation.WorkflowActivationJob { ResolveSignalExternalWorkflow = new() { Seq = 1 } }));
        Assert.Equal("child-run: 9", ScriptedRun.Result<string>(run.Send(Jobs.ChildDone(1, 9))));
    }

    [Fact]
    public void Child_IdTaken_ThrowsAlreadyStarted()
    {
        var run = new ScriptedRun(typeof(Parent));
        run.BeginCommands();

        var commands = run.Send(new Bridge.Api.WorkflowActivation.WorkflowActivationJob
        {
            ResolveChildWorkflowExecutionStart = new()
            {
                Seq = 1,
                Failed = new()
                {
                    WorkflowId = "child",
                    WorkflowType = "Kid",
                    Cause = Bridge.Api.ChildWorkflow.StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists,
                },
            },
        });

        Assert.Equal("taken child", ScriptedRun.Result<string>(commands));
    }

    [Fact]
    public void Child_ParentCancelled_RequestsCancel()
    {
        var run = new ScriptedRun(typeof(Parent));
        run.BeginCommands();

        Assert.Equal(1u, Assert.Single(run.Send(Jobs.Cancel())).CancelChildWorkflowExecution.ChildWorkflowSeq);
    }

    [Fact]
    public void External_SignalAndCancel_WaitForTheirOutcome()
    {
        var run = new ScriptedRun(typeof(Meddler));

        var signal = Assert.Single(run.BeginCommands()).SignalExternalWorkflowExecution;
        Assert.Equal(("other", "r"), (signal.WorkflowExecution.WorkflowId, signal.WorkflowExecution.RunId));

        var cancel = Assert.Single(run.Send(new Bridge.Api.WorkflowActivation.WorkflowActivationJob { ResolveSignalExternalWorkflow = new() { Seq = 1 } }));
        Assert.Equal("other", cancel.RequestCancelExternalWorkflowExecution.WorkflowExecution.WorkflowId);

        var failed = run.Send(new Bridge.Api.WorkflowActivation.WorkflowActivationJob
        {
            ResolveRequestCancelExternalWorkflow = new() { Seq = 1, Failure = new() { Message = "gone", ApplicationFailureInfo = new() } },
        });
        Assert.Equal("gone", Assert.Single(failed).FailWorkflowExecution.Failure.Message);
    }

    [Workflow]
    public class Parent
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            try
            {
                var child = await Workflow.StartChildWorkflowAsync((Kid k) => k.RunAsync(4), new() { Id = "child" });
                await child.SignalAsync(k => k.PokeAsync());
                return $"{child.FirstExecutionRunId}: {await child.GetResultAsync()}";
            }
            catch (WorkflowAlreadyStartedException e)
            {
                return $"taken {e.WorkflowId}";
            }
        }
    }

    [Workflow]
    public class Kid
    {
        [WorkflowRun]
        public Task<int> RunAsync(int value) => Task.FromResult(value);

        [WorkflowSignal]
        public Task PokeAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class Meddler
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            var other = Workflow.GetExternalWorkflowHandle<Kid>("other", "r");
            await other.SignalAsync(k => k.PokeAsync());
            await other.CancelAsync();
        }
    }
}
