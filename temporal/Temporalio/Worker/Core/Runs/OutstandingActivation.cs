namespace Temporalio.Worker.Core.Runs;

/// <summary>What is out for a run: to the workflow's side, or, automatic, nowhere, because the core answers by itself.</summary>
internal enum OutstandingActivation
{
    None,
    Normal,
    Eviction,
    Automatic,
}
