using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Rpc;
using Temporalio.Worker.Core.Activities;
using Temporalio.Worker.Core.Machines;
using Temporalio.Worker.Core.Runs;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Tells the server what became of workflow tasks.</summary>
internal sealed partial class TaskReporter(
    RpcCaller rpc, WorkerIdentity identity, TaskIntake intake, EagerActivities eager, TimeSpan stickyTimeout, ILogger logger)
{
    private static readonly EvictionRequest s_unhandledCommand = new("Error reporting WFT to server", Reason.UnhandledCommand);
    private static readonly EvictionRequest s_taskNotFound = new("Error reporting WFT to server", Reason.TaskNotFound);
    private static readonly EvictionRequest s_fatal = new("Error reporting WFT to server", Reason.Fatal);

    public async Task<TaskReport> ReportAsync(RunMachines run, CompletionOutcome outcome)
    {
        try
        {
            switch (outcome)
            {
                case CompletionOutcome.Complete complete:
                    return await CompleteAsync(complete);
                case CompletionOutcome.Fail fail:
                    LogFailing(fail.Cause, run.WorkflowId, run.RunId, fail.Failure.Message);
                    await FailAsync(fail.Token, fail.Cause, fail.Failure);
                    return TaskReport.Reported();
                case CompletionOutcome.AnswerQuery query:
                    await AnswerQueryAsync(query);
                    return TaskReport.Reported();
                case CompletionOutcome.FailQuery query:
                    await FailQueryAsync(query);
                    return TaskReport.Reported();
                default:
                    throw new UnreachableException();
            }
        }
        catch (RpcFault fault)
        {
            return TaskReport.Reported(eviction: EvictionFor(fault, run));
        }
    }

    public Task FailAsync(Google.Protobuf.ByteString token, WorkflowTaskFailedCause cause, Api.Failure.V1.Failure failure)
    {
        var request = new RespondWorkflowTaskFailedRequest
        {
            Namespace = identity.Namespace,
            TaskToken = token,
            Cause = cause,
            Failure = failure,
            Identity = identity.Identity,
            DeploymentOptions = identity.Deployment,
        };
#pragma warning disable CS0612 // How a worker without a deployment tells its build.
        request.BinaryChecksum = identity.BinaryChecksum;
        request.WorkerVersion = identity.Stamp;
#pragma warning restore CS0612
        return rpc.CallAsync<RespondWorkflowTaskFailedResponse>(WorkflowServiceMethods.RespondWorkflowTaskFailed, request, RetryProfile.Call);
    }

    /// <summary>Fails a task of which there is no run; if that fails too, the server will time it out.</summary>
    public async Task TryFailAsync(Google.Protobuf.ByteString token, string message)
    {
        try
        {
            await FailAsync(token, WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure, RunFailures.Application(message, nonRetryable: true));
        }
        catch (RpcFault fault)
        {
            LogNotFailed(fault);
        }
    }

    private async Task<TaskReport> CompleteAsync(CompletionOutcome.Complete complete)
    {
        var reservations = eager.Reserve(complete.Commands);
        RespondWorkflowTaskCompletedResponse response;
        try
        {
            response = await rpc.CallAsync<RespondWorkflowTaskCompletedResponse>(
                WorkflowServiceMethods.RespondWorkflowTaskCompleted, Request(complete), RetryProfile.Call);
        }
        catch (Exception e)
        {
            reservations.Release();
            if (e is RpcFault fault && complete.Attempt < 2 && RetryProfile.IsTooLarge(fault))
            {
                await FailAsync(
                    complete.Token,
                    WorkflowTaskFailedCause.GrpcMessageTooLarge,
                    RunFailures.Application("Workflow task completion is larger than the server accepts: " + fault.Message, nonRetryable: true));
            }

            throw;
        }

        reservations.Use(response.ActivityTasks);
        return TaskReport.Reported(response.ResetHistoryEventId, response.WorkflowTask is { TaskToken.IsEmpty: false } task ? await NextAsync(task) : null);
    }

    // One that cannot be read is given back. What it was the answer to is reported all the same.
    private async Task<WorkflowTask?> NextAsync(PollWorkflowTaskQueueResponse task)
    {
        try
        {
            return await intake.ReadAsync(task, permit: null);
        }
        catch (Exception e)
        {
            LogNextNotRead(e, task.WorkflowExecution?.WorkflowId, task.WorkflowExecution?.RunId);
            await TryFailAsync(task.TaskToken, e.Message);
            return null;
        }
    }

    private RespondWorkflowTaskCompletedRequest Request(CompletionOutcome.Complete complete)
    {
        var request = new RespondWorkflowTaskCompletedRequest
        {
            Namespace = identity.Namespace,
            TaskToken = complete.Token,
            Identity = identity.Identity,
            ReturnNewWorkflowTask = identity.StickyQueueName is not null,
            ForceCreateNewWorkflowTask = complete.ForceNewTask,
            SdkMetadata = complete.SdkMetadata,
            MeteringMetadata = new(),
            Capabilities = new() { DiscardSpeculativeWorkflowTaskWithEvents = true },
            VersioningBehavior = complete.VersioningBehavior,
            DeploymentOptions = identity.Deployment,
            WorkerInstanceKey = identity.InstanceKey,
            Commands = { complete.Commands },
            Messages = { complete.Messages },
        };
        if (identity.StickyQueue is { } sticky)
        {
            request.StickyAttributes = new()
            {
                WorkerTaskQueue = sticky,
                ScheduleToStartTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(stickyTimeout),
            };
        }

#pragma warning disable CS0612 // How a worker without a deployment tells its build.
        request.BinaryChecksum = identity.BinaryChecksum;
        request.WorkerVersionStamp = identity.Stamp;
#pragma warning restore CS0612
        foreach (var answer in complete.QueryResults)
        {
            request.QueryResults.Add(answer.QueryId, Result(answer));
        }

        return request;
    }

    private static WorkflowQueryResult Result(QueryResult answer) => answer.VariantCase is QueryResult.VariantOneofCase.Succeeded
        ? new() { ResultType = QueryResultType.Answered, Answer = CommandParts.Payloads(answer.Succeeded.Response) }
        : new() { ResultType = QueryResultType.Failed, ErrorMessage = answer.Failed.Message, Failure = answer.Failed };

    private async Task AnswerQueryAsync(CompletionOutcome.AnswerQuery query)
    {
        var result = Result(query.Result);
        await RespondQueryAsync(new()
        {
            Namespace = identity.Namespace,
            TaskToken = query.Token,
            CompletedType = result.ResultType,
            QueryResult = result.Answer,
            ErrorMessage = result.ErrorMessage,
        });
    }

    private Task FailQueryAsync(CompletionOutcome.FailQuery query) => RespondQueryAsync(new()
    {
        Namespace = identity.Namespace,
        TaskToken = query.Token,
        CompletedType = QueryResultType.Failed,
        ErrorMessage = query.Failure.Message,
        Failure = query.Failure,
        Cause = query.Cause,
    });

    // Who asked has gone, or will ask again: a lost answer is no reason to drop the run.
    private async Task RespondQueryAsync(RespondQueryTaskCompletedRequest request)
    {
        try
        {
            await rpc.CallAsync<RespondQueryTaskCompletedResponse>(WorkflowServiceMethods.RespondQueryTaskCompleted, request, RetryProfile.Call);
        }
        catch (RpcFault fault)
        {
            LogQueryNotAnswered(fault);
        }
    }

    private EvictionRequest EvictionFor(RpcFault fault, RunMachines run)
    {
        switch (fault.Code)
        {
            // New events came while the task ran; the server makes a new task, and nobody can do anything about it.
            case RpcStatusCode.InvalidArgument when fault.Message == "UnhandledCommand":
                return s_unhandledCommand;
            case RpcStatusCode.NotFound:
                LogTaskNotFound(fault, run.WorkflowId, run.RunId);
                return s_taskNotFound;
            default:
                LogNotReported(fault, run.WorkflowId, run.RunId);
                return s_fatal;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failing the workflow task of {WorkflowId}, run {RunId} ({Cause}): {Reason}")]
    private partial void LogFailing(WorkflowTaskFailedCause cause, string workflowId, string runId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The next workflow task of {WorkflowId}, run {RunId}, could not be read.")]
    private partial void LogNextNotRead(Exception error, string? workflowId, string? runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A workflow task could not be failed.")]
    private partial void LogNotFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to a query was not taken.")]
    private partial void LogQueryNotAnswered(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The workflow task of {WorkflowId}, run {RunId} is not there any more.")]
    private partial void LogTaskNotFound(Exception fault, string workflowId, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The completion of a workflow task of {WorkflowId}, run {RunId} was not taken.")]
    private partial void LogNotReported(Exception fault, string workflowId, string runId);
}
