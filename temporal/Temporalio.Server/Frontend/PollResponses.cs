using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Frontend;

/// <summary>Started work as the answer to a poll.</summary>
internal static class PollResponses
{
    /// <summary>A response holds at most this many transactions; the rest is read page by page.</summary>
    public const int MaxBatches = 256;

    private const int HistoryField = PollWorkflowTaskQueueResponse.HistoryFieldNumber;

    /// <summary>The answer with its history as stored bytes.</summary>
    public static async ValueTask<RpcReply> WorkflowTaskReplyAsync(Engine engine, WorkflowTaskStart start, CancellationToken cancellationToken)
    {
        var page = await start.History.ReadAsync(engine.Store, MaxBatches, cancellationToken);
        return new RpcReply(Response(start, page), new RawField(HistoryField, page.Segments));
    }

    /// <summary>A query that no task carries, as the answer to a poll.</summary>
    public static async ValueTask<RpcReply> QueryTaskReplyAsync(Engine engine, QueryTaskStart start, CancellationToken cancellationToken)
    {
        var page = await start.History.ReadAsync(engine.Store, MaxBatches, cancellationToken);
        var response = new PollWorkflowTaskQueueResponse
        {
            TaskToken = start.Token,
            WorkflowExecution = new() { WorkflowId = start.Workflow.WorkflowId, RunId = start.RunId },
            WorkflowType = new() { Name = start.WorkflowType },
            PreviousStartedEventId = start.PreviousStartedEventId,
            Attempt = 1,
            Query = start.Query,
            WorkflowExecutionTaskQueue = new() { Name = start.NormalQueue, Kind = Api.Enums.V1.TaskQueueKind.Normal },
            NextPageToken = page.NextEventId == 0 ? ByteString.Empty : new HistoryToken(start.RunId, page.NextEventId, start.History.To, false, true).Encode(),
        };
        if (page.Segments.Count == 0)
        {
            response.History = new History();
            return new RpcReply(response);
        }

        return new RpcReply(response, new RawField(HistoryField, page.Segments));
    }

    /// <summary>The answer as one message, to go inside another.</summary>
    public static async ValueTask<PollWorkflowTaskQueueResponse> WorkflowTaskAsync(Engine engine, WorkflowTaskStart start, CancellationToken cancellationToken)
    {
        var page = await start.History.ReadAsync(engine.Store, MaxBatches, cancellationToken);
        var response = Response(start, page);
        response.History = page.Parse();
        return response;
    }

    public static async ValueTask<PollActivityTaskQueueResponse> ActivityTaskAsync(Engine engine, ActivityTaskStart start, CancellationToken cancellationToken)
    {
        var scheduled = start.Scheduled ?? await ReadScheduledAsync(engine, start, cancellationToken);
        return new PollActivityTaskQueueResponse
        {
            TaskToken = start.Token,
            WorkflowNamespace = start.Workflow.Namespace,
            WorkflowType = new() { Name = start.WorkflowType },
            WorkflowExecution = new() { WorkflowId = start.Workflow.WorkflowId, RunId = start.RunId },
            ActivityType = scheduled.ActivityType,
            ActivityId = scheduled.ActivityId,
            Header = scheduled.Header,
            Input = scheduled.Input,
            HeartbeatDetails = start.HeartbeatDetails,
            ScheduledTime = start.ScheduledTime.ToProto(),
            CurrentAttemptScheduledTime = start.AttemptScheduledTime.ToProto(),
            StartedTime = start.StartedTime.ToProto(),
            Attempt = start.Attempt,
            ScheduleToCloseTimeout = start.ScheduleToClose.ToProto(),
            StartToCloseTimeout = start.StartToClose.ToProto(),
            HeartbeatTimeout = scheduled.HeartbeatTimeout,
            RetryPolicy = start.RetryPolicy,
            Priority = start.Priority,
        };
    }

    private static PollWorkflowTaskQueueResponse Response(WorkflowTaskStart start, HistoryPage page)
    {
        var response = new PollWorkflowTaskQueueResponse
        {
            TaskToken = start.Token,
            WorkflowExecution = new() { WorkflowId = start.Workflow.WorkflowId, RunId = start.RunId },
            WorkflowType = new() { Name = start.WorkflowType },
            PreviousStartedEventId = start.PreviousStartedEventId,
            StartedEventId = start.StartedEventId,
            Attempt = start.Attempt,
            WorkflowExecutionTaskQueue = new() { Name = start.NormalQueue, Kind = Api.Enums.V1.TaskQueueKind.Normal },
            ScheduledTime = start.ScheduledTime.ToProto(),
            StartedTime = start.StartedTime.ToProto(),
            NextPageToken = page.NextEventId == 0 ? ByteString.Empty : HistoryToken.OfTask(start, page.NextEventId).Encode(),
        };
        response.Messages.AddRange(start.Messages);
        if (start.Queries is not null)
        {
            foreach (var (id, query) in start.Queries)
            {
                response.Queries.Add(id, query);
            }
        }

        return response;
    }

    private static async ValueTask<ActivityTaskScheduledEventAttributes> ReadScheduledAsync(Engine engine, ActivityTaskStart start, CancellationToken cancellationToken)
    {
        var e = await HistoryReader.ReadEventAsync(engine, start.Workflow, start.RunId, start.ScheduledEventId, cancellationToken);
        return e.ActivityTaskScheduledEventAttributes;
    }
}
