namespace Temporalio.Server.Simulation.Load;

/// <summary>Every script of a seed, and its schedules.</summary>
internal sealed record ScriptBook(IReadOnlyDictionary<string, Script> Scripts, IReadOnlyList<ScheduleScript> Schedules)
{
    public IEnumerable<Script> All => Scripts.Values;

    /// <summary>The workflow's script: its own, or that of the schedule which started it.</summary>
    public Script Of(string workflowId) => Scripts.GetValueOrDefault(workflowId) ?? Scripts[workflowId[..workflowId.IndexOf('-', StringComparison.Ordinal)]];
}
