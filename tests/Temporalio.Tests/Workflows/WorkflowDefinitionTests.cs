using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Tests.Workflows;

public class WorkflowDefinitionTests
{
    [Fact]
    public void Create_TypeWithHandlers_NamesThemWithoutAsync()
    {
        var definition = WorkflowDefinition.Create<Complete>();

        Assert.Equal("Complete", definition.Name);
        Assert.Equal(["Wake", "named"], definition.Signals.Keys.Order(StringComparer.OrdinalIgnoreCase).Reverse());
        Assert.Equal(["State", "StateAsync"], definition.Queries.Keys.Order());
        Assert.True(Assert.Single(definition.Updates).Value.HasValidator);
        Assert.NotNull(definition.DynamicSignal);
    }

    [Fact]
    public void Create_Interface_LosesTheLeadingI()
    {
        var definition = WorkflowDefinition.Create<IContract>();

        Assert.Equal("Contract", definition.Name);
        Assert.False(definition.Instantiable);
    }

    [Fact]
    public void CreateWorkflowInstance_InitConstructor_GetsTheArguments()
    {
        var instance = (WithInit)WorkflowDefinition.Create<WithInit>().CreateWorkflowInstance(["here"]);

        Assert.Equal("here", instance.Value);
    }

    [Theory]
    [InlineData(typeof(NoAttribute), "missing Workflow attribute")]
    [InlineData(typeof(NoRun), "does not have a valid WorkflowRun method")]
    [InlineData(typeof(InheritedRun), "must be declared on")]
    [InlineData(typeof(TwoSignals), "more than one signal named Go")]
    [InlineData(typeof(TaskQuery), "cannot return a Task")]
    [InlineData(typeof(OverrideWithoutAttribute), "must be repeated on the override")]
    [InlineData(typeof(WrongInit), "WorkflowInit constructor parameters must match")]
    [InlineData(typeof(WrongValidator), "must have the same parameters")]
    [InlineData(typeof(DynamicWithArguments), "must accept an array of IRawValue")]
    [InlineData(typeof(Reserved), "is reserved")]
    public void Create_BrokenRule_SaysWhich(Type type, string message)
    {
        var e = Assert.Throws<ArgumentException>(() => WorkflowDefinition.Create(type));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Workflow]
    public class Complete
    {
        [WorkflowQuery]
        public string State => "state";

        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public Task WakeAsync() => Task.CompletedTask;

        [WorkflowSignal("named")]
        public Task Other() => Task.CompletedTask;

        [WorkflowSignal(Dynamic = true)]
        public Task Any(string name, IRawValue[] args) => Task.CompletedTask;

        [WorkflowQuery]
        public int StateAsync() => 1;

        [WorkflowUpdate]
        public Task<int> SetAsync(int value) => Task.FromResult(value);

        [WorkflowUpdateValidator(nameof(SetAsync))]
        public void ValidateSet(int value) => ArgumentOutOfRangeException.ThrowIfNegative(value);
    }

    [Workflow]
    public interface IContract
    {
        [WorkflowRun]
        Task RunAsync();
    }

    [Workflow]
    [method: WorkflowInit]
    public class WithInit(string value)
    {
        public string Value => value;

        [WorkflowRun]
        public Task RunAsync(string argument) => Task.FromResult(argument);
    }

    public class NoAttribute
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class NoRun
    {
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class InheritedRun : Complete;

    [Workflow]
    public class TwoSignals
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public Task Go() => Task.CompletedTask;

        [WorkflowSignal]
        public Task GoAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class TaskQuery
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowQuery]
        public Task<int> Value() => Task.FromResult(1);
    }

    public class VirtualSignal
    {
        [WorkflowSignal]
        public virtual Task Go() => Task.CompletedTask;
    }

    [Workflow]
    public class OverrideWithoutAttribute : VirtualSignal
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        public override Task Go() => Task.CompletedTask;
    }

    [Workflow]
    [method: WorkflowInit]
    public class WrongInit(int value)
    {
        [WorkflowRun]
        public Task RunAsync(string argument) => Task.FromResult(argument + value);
    }

    [Workflow]
    public class WrongValidator
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowUpdate]
        public Task Set(int value) => Task.FromResult(value);

        [WorkflowUpdateValidator(nameof(Set))]
        public void Validate(string value) => ArgumentNullException.ThrowIfNull(value);
    }

    [Workflow(Dynamic = true)]
    public class DynamicWithArguments
    {
        [WorkflowRun]
        public Task RunAsync(string argument) => Task.FromResult(argument);
    }

    [Workflow("__temporal_mine")]
    public class Reserved
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }
}
