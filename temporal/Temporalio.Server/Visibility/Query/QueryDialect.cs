namespace Temporalio.Server.Visibility.Query;

/// <summary>Who asks: it decides what is let through and the words of refusals.</summary>
internal enum QueryDialect
{
    /// <summary>Lists and counts of workflows.</summary>
    Workflows,

    /// <summary>Lists of workers: unknown names have no value, and an order is ignored.</summary>
    Workers,

    /// <summary>The query of a batch job.</summary>
    Batch,
}
