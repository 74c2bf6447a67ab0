using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.WorkflowTasks;

internal sealed partial class WorkflowWorker
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A workflow task of run {RunId} failed and will be tried again: {Failure}")]
    private static partial void LogTaskFailed(ILogger logger, string runId, string failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow code of run {RunId} does not yield.")]
    private static partial void LogDeadlock(ILogger logger, Exception exception, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The eviction of run {RunId} waits for its code, which does not yield.")]
    private static partial void LogWaitingForStuckCode(ILogger logger, string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The payload codec failed for run {RunId}.")]
    private static partial void LogCodecFailed(ILogger logger, Exception exception, string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The completion of an activation of run {RunId} could not be handed over.")]
    private static partial void LogCompletionFailed(ILogger logger, Exception exception, string runId);
}
