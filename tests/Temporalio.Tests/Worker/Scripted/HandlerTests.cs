using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

public class HandlerTests
{
    [Fact]
    public void Signal_InFirstTask_RunsBeforeTheRunMethod()
    {
        var run = new ScriptedRun(typeof(Ordered), new ScriptedRun.Setup { FirstJobs = [Jobs.Signal("Note", "signal")] });

        Assert.Equal("init,signal,run", ScriptedRun.Result<string>(run.BeginCommands()));
    }

    [Fact]
    public void Signal_WithoutHandler_WaitsForOne()
    {
        var run = new ScriptedRun(typeof(LateHandlers), new ScriptedRun.Setup { FirstJobs = [Jobs.Signal("late", 1), Jobs.Signal("other", 2)] });
        run.BeginCommands();

        Assert.Equal("late:1", ScriptedRun.Result<string>(run.Send(Jobs.Fire(1))));
    }

    [Fact]
    public void Signal_UnreadableArgument_IsDropped()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        Assert.Empty(run.Send(Jobs.Signal("Say", 5)));
        Assert.Equal("[]", Answer(run, "Said"));
    }

    [Fact]
    public void Query_KnownAndUnknown_AnswersOrFails()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();
        run.Send(Jobs.Signal("Say", "hi"));

        Assert.Equal("[hi]", Answer(run, "Said"));
        var failed = Assert.Single(run.Send(Jobs.Query("Nope"))).RespondToQuery.Failed;
        Assert.Equal("Query handler for Nope expected but not found, known queries: [Act Said]", failed.Message);
    }

    [Fact]
    public void Query_MakesCommand_FailsTheTask()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        var completion = run.Activate(true, Jobs.Query("Act"));

        Assert.Contains("created workflow commands", completion.Failed.Failure_.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_Valid_IsAcceptedThenCompleted()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        var commands = run.Send(Jobs.Update("Ask", "u1", "why"));
        Assert.NotNull(commands[0].UpdateResponse.Accepted);
        Assert.Equal("u1/proto", commands[0].UpdateResponse.ProtocolInstanceId);
        Assert.NotNull(commands[1].StartTimer);

        Assert.Equal("why of Ask u1", ScriptedRun.Value<string>(Assert.Single(run.Send(Jobs.Fire(1))).UpdateResponse.Completed));
    }

    [Theory]
    [InlineData("Ask", "", "The value cannot be an empty string.")]
    [InlineData("Unknown", "x", "Update handler for Unknown expected but not found, known updates: [Ask Fail]")]
    public void Update_Refused_IsRejectedWithoutAcceptance(string name, string argument, string message)
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        var response = Assert.Single(run.Send(Jobs.Update(name, "u", argument))).UpdateResponse;

        Assert.StartsWith(message, response.Rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_HandlerFails_IsRejectedAfterAcceptance()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        var commands = run.Send(Jobs.Update("Fail", "u", "application"));
        Assert.NotNull(commands[0].UpdateResponse.Accepted);
        Assert.Equal("no", commands[1].UpdateResponse.Rejected.Message);

        Assert.Equal("bug", run.Activate(false, Jobs.Update("Fail", "u2", "bug")).Failed.Failure_.Message);
    }

    [Fact]
    public void Dynamic_Handlers_TakeWhatHasNoOther()
    {
        var run = new ScriptedRun(typeof(Anything), "first", 2);
        run.BeginCommands();
        run.Send(Jobs.Signal("sig", 1, 2));

        Assert.Equal("any query q: sig/2 run/2", Answer(run, "q"));
        Assert.Equal(
            "upd", ScriptedRun.Value<string>(run.Send(Jobs.Update("upd", "u"))[1].UpdateResponse.Completed));
        Assert.NotNull(Assert.Single(run.Send(Jobs.Query("__temporal_unknown"))).RespondToQuery.Failed);
    }

    [Fact]
    public void StackTraceQuery_Enabled_ShowsWhereTheWorkflowWaits()
    {
        var run = new ScriptedRun(typeof(Conversation), new ScriptedRun.Setup { StackTrace = WorkflowStackTrace.Normal });
        run.BeginCommands();

        var trace = Answer(run, "__stack_trace");

        Assert.StartsWith("Task waiting at:\n", trace, StringComparison.Ordinal);
        Assert.Contains(nameof(Conversation), trace, StringComparison.Ordinal);
        Assert.DoesNotContain("Temporalio.Worker.", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void MetadataQuery_ListsHandlersByName()
    {
        var run = new ScriptedRun(typeof(Conversation));
        run.BeginCommands();

        var metadata = ScriptedRun.Value<Api.Sdk.V1.WorkflowMetadata>(
            Assert.Single(run.Send(Jobs.Query("__temporal_workflow_metadata"))).RespondToQuery.Succeeded.Response);

        Assert.Equal("Conversation", metadata.Definition.Type);
        Assert.Equal(["Act", "Said"], metadata.Definition.QueryDefinitions.Select(q => q.Name));
        Assert.Equal("what was said", metadata.Definition.QueryDefinitions[1].Description);
        Assert.Equal("listening", metadata.CurrentDetails);
    }

    private static string Answer(ScriptedRun run, string query)
    {
        var result = Assert.Single(ScriptedRun.Commands(run.Activate(true, Jobs.Query(query)))).RespondToQuery;
        Assert.True(result.Failed is null, result.Failed?.Message);
        return ScriptedRun.Value<string>(result.Succeeded.Response);
    }

    [Workflow]
    public class Ordered
    {
        private readonly List<string> _notes = ["init"];

        [WorkflowRun]
        public Task<string> RunAsync()
        {
            _notes.Add("run");
            return Task.FromResult(string.Join(',', _notes));
        }

        [WorkflowSignal]
        public Task NoteAsync(string note)
        {
            _notes.Add(note);
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class LateHandlers
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var got = new List<string>();
            await Workflow.DelayAsync(1000);
            Workflow.Signals["late"] = WorkflowSignalDefinition.CreateWithoutAttribute("late", (int value) =>
            {
                got.Add($"late:{value}");
                return Task.CompletedTask;
            });
            await Workflow.WaitConditionAsync(() => got.Count > 0);
            return string.Join(',', got);
        }
    }

    [Workflow]
    public class Conversation
    {
        private readonly List<string> _said = [];

        [WorkflowQuery(Description = "what was said")]
        public string Said => $"[{string.Join(',', _said)}]";

        [WorkflowRun]
        public Task RunAsync()
        {
            Workflow.CurrentDetails = "listening";
            return Workflow.WaitConditionAsync(() => false);
        }

        [WorkflowSignal]
        public Task SayAsync(string text)
        {
            _said.Add(text);
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public string Act()
        {
            _ = Workflow.DelayAsync(1);
            return "acted";
        }

        [WorkflowUpdate]
        public async Task<string> AskAsync(string question)
        {
            await Workflow.DelayAsync(10);
            return $"{question} of {Workflow.CurrentUpdateInfo?.Name} {Workflow.CurrentUpdateInfo?.Id}";
        }

        [WorkflowUpdateValidator(nameof(AskAsync))]
        public void ValidateAsk(string question) => ArgumentException.ThrowIfNullOrEmpty(question);

        [WorkflowUpdate]
        public Task FailAsync(string how) =>
            how == "bug" ? throw new InvalidOperationException("bug") : throw new ApplicationFailureException("no");
    }

    [Workflow(Dynamic = true)]
    public class Anything
    {
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public Task RunAsync(IRawValue[] args)
        {
            _seen.Add($"run/{args.Length}");
            return Workflow.WaitConditionAsync(() => false);
        }

        [WorkflowSignal(Dynamic = true)]
        public Task SignalAsync(string name, IRawValue[] args)
        {
            _seen.Insert(0, $"{name}/{args.Length}");
            return Task.CompletedTask;
        }

        [WorkflowQuery(Dynamic = true)]
        public string Query(string name, IRawValue[] args) => $"any query {name}: {string.Join(' ', _seen)}";

        [WorkflowUpdate(Dynamic = true)]
        public Task<string> UpdateAsync(string name, IRawValue[] args) => Task.FromResult(name);
    }
}
