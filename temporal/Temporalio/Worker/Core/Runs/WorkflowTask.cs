using Google.Protobuf;
using Temporalio.Api.Protocol.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.Runs;

/// <summary>A workflow task as a poll or a completion brought it, with the first stretch of its history and a slot.</summary>
internal sealed record WorkflowTask
{
    public const string LegacyQueryId = "legacy_query";

    public required ByteString Token { get; init; }

    public required int Attempt { get; init; }

    public required string WorkflowId { get; init; }

    public required string RunId { get; init; }

    public required string WorkflowType { get; init; }

    public required HistoryUpdate Update { get; init; }

    public required HistoryPager Pager { get; init; }

    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>The one query that is answered on the task's token, if the task is that.</summary>
    public QueryWorkflow? LegacyQuery { get; init; }

    public IReadOnlyList<QueryWorkflow> Queries { get; init; } = [];

    /// <summary>Monotonic time of receipt, from which the task's time-out is counted.</summary>
    public long ReceivedAt { get; init; }

    public TaskSlot? Permit { get; init; }

    public bool HasQueries => LegacyQuery is not null || Queries.Count > 0;

    /// <summary>Only a run that is cached can go on from here.</summary>
    public bool IsIncremental => Update.FirstEventId is null or > 1;
}
