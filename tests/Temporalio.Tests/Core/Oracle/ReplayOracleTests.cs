using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Replay;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>The official core is the measure: the same history and the same answers make the same activations.</summary>
public sealed class ReplayOracleTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Names => new(Recording.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Replay_ActivatesAsTheOfficialCoreDid(string name)
    {
        var recording = Recording.All[name];
        var options = new CoreWorkerOptions
        {
            Namespace = "replay", TaskQueue = "replay", Identity = "replay", BuildId = "replay", NondeterminismFailsWorkflow = false,
        };
        var core = new CoreReplayer(options, new CoreHost(new CoreClient(NoServer.Instance)));
        core.PushHistory(recording.WorkflowId, recording.History.Clone());
        core.InitiateShutdown();
        foreach (var (expected, answer) in recording.Exchange)
        {
            var activation = await core.PollWorkflowActivationAsync().WaitAsync(s_limit);
            Assert.NotNull(activation);
            Assert.Equal(Comparable(expected), Comparable(activation));
            await core.CompleteWorkflowActivationAsync(answer.Clone()).WaitAsync(s_limit);
        }

        Assert.Null(await core.PollWorkflowActivationAsync().WaitAsync(s_limit));
    }

    // A live activation names the worker's own build, and this one has another.
    private static WorkflowActivation Comparable(WorkflowActivation activation)
    {
        var copy = activation.Clone();
        if (!copy.IsReplaying && copy.DeploymentVersionForCurrentTask is { } version)
        {
            version.BuildId = "replay";
        }

        return copy;
    }
}
