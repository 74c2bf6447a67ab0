using System.Text.Json;
using Microsoft.Extensions.Logging;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>The signal and update handlers that are running.</summary>
internal sealed partial class InProgressHandlers
{
    private readonly LinkedList<Handler> _running = new();

    public bool AllFinished => _running.Count == 0;

    public LinkedListNode<Handler> Begin(Handler handler) => _running.AddLast(handler);

    public void End(LinkedListNode<Handler> handler) => _running.Remove(handler);

    /// <summary>Warns of what the end of the workflow cuts off.</summary>
    public void WarnUnfinished(ILogger logger)
    {
        var abandoned = _running.Where(h => h.UnfinishedPolicy == HandlerUnfinishedPolicy.WarnAndAbandon).ToList();
        if (abandoned.Any(h => h.UpdateId is not null))
        {
            LogUnfinishedUpdates(logger, JsonSerializer.Serialize(abandoned.Where(h => h.UpdateId is not null).Select(h => new { name = h.Name, id = h.UpdateId })));
        }

        if (abandoned.Any(h => h.UpdateId is null))
        {
            LogUnfinishedSignals(
                logger,
                JsonSerializer.Serialize(abandoned.Where(h => h.UpdateId is null).GroupBy(h => h.Name).Select(g => new { name = g.Key, count = g.Count() })));
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "[TMPRL1102] The workflow finished while update handlers were still running: their work is cut off, and their callers get an error instead of a result. "
            + "Await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished) before the end, or set UnfinishedPolicy on [WorkflowUpdate]. Unfinished: {Handlers}")]
    private static partial void LogUnfinishedUpdates(ILogger logger, string handlers);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "[TMPRL1102] The workflow finished while signal handlers were still running: their work is cut off. "
            + "Await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished) before the end, or set UnfinishedPolicy on [WorkflowSignal]. Unfinished: {Handlers}")]
    private static partial void LogUnfinishedSignals(ILogger logger, string handlers);

    internal sealed record Handler(string Name, string? UpdateId, HandlerUnfinishedPolicy UnfinishedPolicy);
}
