using Agents.Durable.Agent.React;
using Agents.Durable.Agent.Tests.Code;
using Temporalio.Common;

namespace Agents.Durable.Agent.Tests.Histories;

/// <summary>
/// Runs that former builds began go on with this one. A change of what the workflows do, or in which order, fails these until it is under <c>Workflow.Patched</c>;
/// histories of the new way are then added beside the former ones (<see cref="RunHistories"/>).
/// </summary>
public sealed class FormerHistoriesTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Histories", "Data");

    private static readonly Type[] s_workflows = [typeof(ReactAgent), typeof(Helper), typeof(Wayward)];

    public static TheoryData<string> Files => [.. Directory.GetFiles(s_folder, "*.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Replay_HistoryOfAFormerBuild_Replays(string file)
    {
        var history = WorkflowHistory.FromJson("task", await File.ReadAllTextAsync(Path.Combine(s_folder, file), TestContext.Current.CancellationToken));
        await RunHistories.ReplayAsync(history, s_workflows.Single(workflow => file.StartsWith($"{workflow.Name}.", StringComparison.Ordinal)));
    }
}
