using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

public class OutcomeTests
{
    [Fact]
    public void Run_Returns_CompletesWithModernFlag()
    {
        var completion = new ScriptedRun(typeof(Outcomes), "return").Begin();

        Assert.Equal([2u], completion.Successful.UsedInternalFlags);
        Assert.Equal("done", ScriptedRun.Result<string>(ScriptedRun.Commands(completion)));
    }

    [Theory]
    [InlineData("failure")]
    [InlineData("cancel")]
    [InlineData("configured")]
    public void Run_ThrowsOutcome_FailsTheWorkflow(string how) =>
        Assert.NotNull(Assert.Single(new ScriptedRun(typeof(Outcomes), how).BeginCommands()).FailWorkflowExecution);

    [Fact]
    public void Run_ThrowsAnythingElse_FailsTheTask()
    {
        Assert.Equal("bug", new ScriptedRun(typeof(Outcomes), "bug").Begin().Failed.Failure_.Message);

        var setup = new ScriptedRun.Setup { FailureExceptionTypes = [typeof(Exception)] };
        Assert.NotNull(Assert.Single(new ScriptedRun(typeof(Outcomes), setup, "bug").BeginCommands()).FailWorkflowExecution);
    }

    [Fact]
    public void Run_ContinuesAsNew_KeepsTypeAndTakesArguments()
    {
        var command = Assert.Single(new ScriptedRun(typeof(Outcomes), "again").BeginCommands()).ContinueAsNewWorkflowExecution;

        Assert.Equal("Outcomes", command.WorkflowType);
        Assert.Equal("return", ScriptedRun.Value<string>(Assert.Single(command.Arguments)));
        Assert.Equal("memo", ScriptedRun.Value<string>(command.Memo["key"]));
    }

    [Fact]
    public void Run_ConstructorThrows_FailsTheTask() =>
        Assert.Equal("no instance", new ScriptedRun(typeof(Unmakeable)).Begin().Failed.Failure_.Message);

    [Fact]
    public void Run_TaskOfForeignThread_FailsTheNextTask()
    {
        var run = new ScriptedRun(typeof(Escaping));
        Assert.Empty(run.BeginCommands());
        Escaping.Outside.SetResult();

        Assert.Contains("outside of the workflow", run.Activate(false, Jobs.Signal("x")).Failed.Failure_.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patched_FollowsHistory()
    {
        Assert.Equal("True True", ScriptedRun.Result<string>(Skip(new ScriptedRun(typeof(Patching)).BeginCommands(), 2)));

        var replayed = new ScriptedRun.Setup { Replaying = true, FirstJobs = [Jobs.Patch("b")] };
        Assert.Equal("False True", ScriptedRun.Result<string>(Skip(new ScriptedRun(typeof(Patching), replayed).BeginCommands(), 1)));
    }

    [Fact]
    public void Random_SameSeed_SameValues()
    {
        var first = ScriptedRun.Result<string>(new ScriptedRun(typeof(Randomness)).BeginCommands());

        Assert.Equal(first, ScriptedRun.Result<string>(new ScriptedRun(typeof(Randomness)).BeginCommands()));
        Assert.NotEqual(
            first,
            ScriptedRun.Result<string>(new ScriptedRun(typeof(Randomness), new ScriptedRun.Setup { Init = i => i.RandomnessSeed = 43 }).BeginCommands()));
    }

    [Fact]
    public void Upserts_AreSeenAtOnce()
    {
        var commands = new ScriptedRun(typeof(Upserting)).BeginCommands();

        Assert.Equal("new", ScriptedRun.Value<string>(commands[0].ModifyWorkflowProperties.UpsertedMemo.Fields["key"]));
        Assert.Equal("Keyword", commands[1].UpsertWorkflowSearchAttributes.SearchAttributes.IndexedFields["Kind"].Metadata["type"].ToStringUtf8());
        Assert.Equal("new agent", ScriptedRun.Result<string>(commands));
    }

    private static IReadOnlyList<Bridge.Api.WorkflowCommands.WorkflowCommand> Skip(
        IReadOnlyList<Bridge.Api.WorkflowCommands.WorkflowCommand> commands, int patches)
    {
        Assert.Equal(patches, commands.Count(c => c.SetPatchMarker is not null));
        return commands;
    }

    [Workflow(FailureExceptionTypes = [typeof(TimeoutException)])]
    public class Outcomes
    {
        [WorkflowRun]
        public Task<string> RunAsync(string how) => how switch
        {
            "return" => Task.FromResult("done"),
            "failure" => throw new ApplicationFailureException("wanted"),
            "cancel" => throw new OperationCanceledException(),
            "configured" => throw new TimeoutException(),
            "again" => throw Workflow.CreateContinueAsNewException(
                (Outcomes wf) => wf.RunAsync("return"), new() { Memo = new Dictionary<string, object> { ["key"] = "memo" } }),
            _ => throw new InvalidOperationException("bug"),
        };
    }

    [Workflow]
    public class Unmakeable
    {
        public Unmakeable() => throw new InvalidOperationException("no instance");

        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class Escaping
    {
        public static TaskCompletionSource Outside { get; } = new();

        [WorkflowRun]
        public Task RunAsync() => WaitAsync();

        private static async Task WaitAsync() => await Outside.Task;
    }

    [Workflow]
    public class Patching
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult($"{Workflow.Patched("a")} {Workflow.Patched("b")}");
    }

    [Workflow]
    public class Randomness
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult($"{Workflow.NewGuid()} {Workflow.Random.Next()}");
    }

    [Workflow]
    public class Upserting
    {
        [WorkflowRun]
        public Task<string> RunAsync()
        {
            var kind = SearchAttributeKey.CreateKeyword("Kind");
            Workflow.UpsertMemo(MemoUpdate.ValueSet("key", "new"));
            Workflow.UpsertTypedSearchAttributes(kind.ValueSet("agent"));
            return Task.FromResult(
                $"{Workflow.PayloadConverter.ToValue(Workflow.Memo["key"].Payload, typeof(string))} {Workflow.TypedSearchAttributes.Get(kind)}");
        }
    }
}
