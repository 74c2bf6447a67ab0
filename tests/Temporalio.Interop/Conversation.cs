using Temporalio.Workflows;

namespace Temporalio.Interop;

/// <summary>Takes signals, queries and updates until it is told to end. The other language has one with the same names.</summary>
[Workflow("conversation")]
internal sealed class Conversation
{
    private readonly List<string> _said;
    private bool _ending;

    // A signal that comes with the first task is handled before the run method begins.
    [WorkflowInit]
    public Conversation(string opening) => _said = [opening];

    [WorkflowRun]
    public async Task<IReadOnlyList<string>> RunAsync(string opening)
    {
        await Workflow.WaitConditionAsync(() => _ending);
        return _said;
    }

    [WorkflowSignal("say")]
    public Task SayAsync(string text)
    {
        _said.Add(text);
        return Task.CompletedTask;
    }

    [WorkflowQuery("count")]
    public int Count() => _said.Count;

    [WorkflowUpdate("end")]
    public Task<string> EndAsync(string last)
    {
        _said.Add(last);
        _ending = true;
        return Task.FromResult($"{_said.Count} said");
    }
}
