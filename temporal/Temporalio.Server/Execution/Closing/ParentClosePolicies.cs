namespace Temporalio.Server.Execution.Closing;

/// <summary>What becomes of the children of a run that ends.</summary>
internal static class ParentClosePolicies
{
    public static void Apply(RunStep step)
    {
    }
}
