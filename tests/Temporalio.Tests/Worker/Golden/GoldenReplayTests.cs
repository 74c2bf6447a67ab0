using System.Reflection;
using Temporalio.Common;
using Temporalio.Tests.Core.Oracle;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>
/// Histories that a real server and the official TypeScript SDK made, replayed by the same workflows written in C#: what our workflows do
/// in answer to events has to be what theirs did.
/// </summary>
public class GoldenReplayTests
{
    private static readonly Dictionary<string, Type> s_topics = new()
    {
        ["activities"] = typeof(ActivityWorkflows),
        ["basic"] = typeof(BasicWorkflows),
        ["children"] = typeof(ChildWorkflows),
        ["continuing"] = typeof(ContinuingWorkflows),
        ["external"] = typeof(ExternalWorkflows),
        ["failing"] = typeof(FailingWorkflows),
        ["local"] = typeof(LocalWorkflows),
        ["scopes"] = typeof(ScopeWorkflows),
        ["signals"] = typeof(SignalWorkflows),
        ["timers"] = typeof(TimerWorkflows),
        ["updates"] = typeof(UpdateWorkflows),
        ["versions"] = typeof(PatchedWorkflows),
    };

    /// <summary>Histories that end with another version of the code than the topic's.</summary>
    private static readonly Dictionary<string, Type> s_otherCode = new()
    {
        ["versions-deprecated-1"] = typeof(DeprecatedWorkflows),
        ["versions-patched-to-deprecated-1"] = typeof(DeprecatedWorkflows),
        ["versions-nondeterminism-1"] = typeof(DeprecatedWorkflows),
        ["versions-deprecated-to-none-1"] = typeof(UnpatchedWorkflows),
    };

    /// <summary>
    /// What .NET does otherwise: nobody notices a task that nobody awaits, and once a patch was found to be off, it stays off in that run.
    /// </summary>
    private static readonly HashSet<string> s_onlyJavaScript = ["failing-unhandled-rejection-1", "versions-old-to-patched-1"];

    public static TheoryData<string> Names => new(Recording.All.Keys
        .Where(n => Code(n) is not null && !s_onlyJavaScript.Contains(n)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ReplayWorkflowAsync_HistoryOfTheOfficialSdk_Fits(string name)
    {
        var recording = Recording.All[name];
        var options = new WorkflowReplayerOptions();
        foreach (var type in Workflows(name))
        {
            options.AddWorkflow(type);
        }

        var history = new WorkflowHistory(recording.WorkflowId, [.. recording.History.Events.Select(e => e.Clone())]);
        await new WorkflowReplayer(options).ReplayWorkflowAsync(history, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ReplayWorkflowAsync_HistoryOfOtherCode_Throws()
    {
        var recording = Recording.All["versions-patched-1"];
        var history = new WorkflowHistory(recording.WorkflowId, [.. recording.History.Events.Select(e => e.Clone())]);
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<UnpatchedWorkflows.Changing>());
        await Assert.ThrowsAsync<Temporalio.Exceptions.WorkflowNondeterminismException>(() => replayer.ReplayWorkflowAsync(history));
    }

    /// <summary>The workflows with which a history can be replayed.</summary>
    internal static IEnumerable<Type> Workflows(string name) => Code(name)!.GetNestedTypes().Where(t => t.IsDefined(typeof(WorkflowAttribute)));

    private static Type? Code(string name) =>
        s_otherCode.GetValueOrDefault(name) ?? s_topics.GetValueOrDefault(name[..name.IndexOf('-', StringComparison.Ordinal)]);
}
