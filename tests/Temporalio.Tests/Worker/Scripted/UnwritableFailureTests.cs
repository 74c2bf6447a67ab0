using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

/// <summary>Failures that cannot be converted, since what they carry cannot: whoever asked hears of it all the same.</summary>
public class UnwritableFailureTests
{
    [Theory]
    [InlineData("Handle")]
    [InlineData("Refuse")]
    public void Update_FailureCannotBeConverted_FailsTheTask(string update)
    {
        var run = new ScriptedRun(typeof(Unwritable));
        run.BeginCommands();

        Assert.Equal("cannot be read", run.Activate(false, Jobs.Update(update, "u")).Failed.Failure_.Message);
    }

    [Fact]
    public void Query_FailureCannotBeConverted_FailsWithTheReason()
    {
        var run = new ScriptedRun(typeof(Unwritable));
        run.BeginCommands();

        var failed = Assert.Single(ScriptedRun.Commands(run.Activate(true, Jobs.Query("Ask")))).RespondToQuery.Failed;

        Assert.Equal("cannot be read", failed.Message);
    }

    [Fact]
    public void Run_FailureCannotBeConverted_FailsTheTask() =>
        Assert.Equal("cannot be read", new ScriptedRun(typeof(FailsAtOnce)).Begin().Failed.Failure_.Message);

    [Workflow]
    public class Unwritable
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowQuery]
        public string Ask() => throw Failure();

        [WorkflowUpdate]
        public Task HandleAsync() => throw Failure();

        [WorkflowUpdate]
        public Task RefuseAsync() => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(RefuseAsync))]
        public void ValidateRefuse() => throw Failure();

        internal static ApplicationFailureException Failure() => new("x", details: [new Unreadable()]);
    }

    [Workflow]
    public class FailsAtOnce
    {
        [WorkflowRun]
        public Task RunAsync() => throw Unwritable.Failure();
    }

    public class Unreadable
    {
        public object Value => throw new InvalidOperationException("cannot be read");
    }
}
