namespace Agents.Durable.Benchmarks.Steps;

/// <summary>Runs workflows of sequential activities, each of which returns what it is given.</summary>
internal interface IStepRunner : IAsyncDisposable
{
    /// <summary>Starts one workflow of <paramref name="steps"/> activities and returns once its result is there.</summary>
    Task RunAsync(int steps);
}
