using Temporalio.Common;

namespace Temporalio.Worker;

/// <summary>What came of the replay of one history.</summary>
/// <param name="History">The history.</param>
/// <param name="ReplayFailure">Why the code did not fit the history, if it did not.</param>
public record WorkflowReplayResult(WorkflowHistory History, Exception? ReplayFailure);
