using Google.Protobuf;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Rpc;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.Machines;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Turns the server's answers into tasks for the runs, and reads the history that they lack.</summary>
internal sealed class TaskIntake(RpcCaller rpc, WorkerIdentity identity, TimeProvider timeProvider)
{
    /// <summary>The task of an answer.</summary>
    /// <exception cref="RpcFault">The answer is not one a server may give (DATA_LOSS), or reading more of its history failed.</exception>
    public async Task<WorkflowTask> ReadAsync(PollWorkflowTaskQueueResponse response, TaskSlot? permit)
    {
        if (response.WorkflowExecution is null || response.WorkflowType is null || response.History is null || response.WorkflowExecutionTaskQueue is null)
        {
            throw new RpcFault(RpcStatusCode.DataLoss, "The server sent a workflow task without its execution, type, task queue or history");
        }

        var events = response.History.Events;
        if (events.Count == 0 && response.Query is null && response.Queries.Count == 0)
        {
            throw new RpcFault(RpcStatusCode.Unknown, "Received an empty workflow task with no queries or history");
        }

        var pager = HistoryPager.ForTask(
            response.WorkflowExecution.WorkflowId,
            response.WorkflowExecution.RunId,
            response.PreviousStartedEventId,
            response.StartedEventId,
            events,
            events.Count == 0 ? ByteString.Empty : response.NextPageToken);
        return new()
        {
            Token = response.TaskToken,
            Attempt = response.Attempt,
            WorkflowId = pager.WorkflowId,
            RunId = pager.RunId,
            WorkflowType = response.WorkflowType.Name,
            Update = events.Count == 0
                ? HistoryUpdate.Empty(response.PreviousStartedEventId, response.StartedEventId)
                : await ReadUpdateAsync(pager),
            Pager = pager,
            Messages = Checked(response.Messages),
            LegacyQuery = response.Query is { } query ? QueryJob(WorkflowTask.LegacyQueryId, query) : null,
            Queries = response.Queries.Count == 0 ? [] : [.. response.Queries.Select(q => QueryJob(q.Key, q.Value))],
            ReceivedAt = timeProvider.GetTimestamp(),
            Permit = permit,
        };
    }

    /// <summary>The same task with history from the start, for a run that is not cached.</summary>
    public async Task<WorkflowTask> ReadFromStartAsync(WorkflowTask task)
    {
        var pager = HistoryPager.FromStart(task.Pager, task.Update.Remaining);
        return task with { Pager = pager, Update = await ReadUpdateAsync(pager) };
    }

    public async Task<HistoryUpdate> ReadUpdateAsync(HistoryPager pager)
    {
        while (true)
        {
            switch (pager.Next())
            {
                case PagerStep.Ready ready:
                    return ready.Update;
                case PagerStep.Broken broken:
                    throw new RpcFault(RpcStatusCode.DataLoss, broken.Message);
                case PagerStep.Fetch fetch:
                    var page = await rpc.CallAsync<GetWorkflowExecutionHistoryResponse>(
                        WorkflowServiceMethods.GetWorkflowExecutionHistory,
                        new GetWorkflowExecutionHistoryRequest
                        {
                            Namespace = identity.Namespace,
                            Execution = new() { WorkflowId = pager.WorkflowId, RunId = pager.RunId },
                            NextPageToken = fetch.Token,
                        },
                        RetryProfile.Call);
                    pager.AddPage(page.History?.Events ?? [], page.NextPageToken);
                    break;
            }
        }
    }

    // A message that cannot be understood must not reach a run: the run would break, although nothing is wrong with it.
    private static IReadOnlyList<Message> Checked(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            try
            {
                UpdateRequest.FromMessage(message);
            }
            catch (Exception e) when (e is FatalRunException or InvalidProtocolBufferException)
            {
                throw new RpcFault(RpcStatusCode.DataLoss, e.Message, e);
            }
        }

        return messages;
    }

    private static QueryWorkflow QueryJob(string id, WorkflowQuery query)
    {
        var job = new QueryWorkflow { QueryId = id, QueryType = query.QueryType };
        if (query.QueryArgs is { } arguments)
        {
            job.Arguments.Add(arguments.Payloads_);
        }

        if (query.Header is { } header)
        {
            job.Headers.Add(header.Fields);
        }

        return job;
    }
}
