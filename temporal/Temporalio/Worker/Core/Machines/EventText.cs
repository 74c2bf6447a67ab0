using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.Machines;

/// <summary>Events as messages about nondeterminism name them.</summary>
internal static class EventText
{
    public static string Of(HistoryEvent historyEvent) => $"HistoryEvent(id: {historyEvent.EventId}, {historyEvent.EventType})";
}
