using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution.Closing;

/// <summary>Tells the parent that its child's chain has ended.</summary>
internal static class ParentNotice
{
    public static void Send(RunStep step, HistoryEvent closing)
    {
    }
}
