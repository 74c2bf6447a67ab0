using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Replay;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>The official core is the measure: the same history and the same answers make the same activations.</summary>
public sealed class ReplayOracleTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Faithful => new(Recording.All.Keys.Order(StringComparer.Ordinal));

    public static TheoryData<string> Deviating => new(Recording.Deviating.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Faithful))]
    public Task Replay_OfCodeThatFits_ActivatesAsTheOfficialCoreDid(string name) => ReplayAsync(Recording.All[name]);

    [Theory]
    [MemberData(nameof(Deviating))]
    public Task Replay_OfCodeThatDeviates_FailsAsTheOfficialCoreDid(string name) => ReplayAsync(Recording.Deviating[name]);

    private static async Task ReplayAsync(Recording recording)
    {
        var options = new CoreWorkerOptions { Namespace = "replay", TaskQueue = "replay", Identity = "replay", BuildId = "replay" };
        var core = new CoreReplayer(options, new CoreHost(new CoreClient(NoServer.Instance)));
        core.PushHistory(recording.WorkflowId, recording.History.Clone());
        core.InitiateShutdown();
        foreach (var (expected, answer) in recording.Exchange)
        {
            var activation = await core.PollWorkflowActivationAsync().WaitAsync(s_limit);
            Assert.NotNull(activation);
            Assert.Equal(OracleNormaliser.Normalise(expected), OracleNormaliser.Normalise(activation));
            await core.CompleteWorkflowActivationAsync(answer.Clone()).WaitAsync(s_limit);
        }

        Assert.Null(await core.PollWorkflowActivationAsync().WaitAsync(s_limit));
    }
}
