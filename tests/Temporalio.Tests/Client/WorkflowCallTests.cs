using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Rpc;

namespace Temporalio.Tests.Client;

public class WorkflowCallTests
{
    [Fact]
    public async Task QueryAsync_MethodAndProperty_AreNamedAndAnswered()
    {
        var service = new FakeService().On<QueryWorkflowRequest, QueryWorkflowResponse>("QueryWorkflow", r => new()
        {
            QueryResult = Payloads(r.Query.QueryType == "Status" ? "open" : r.Query.QueryArgs.Payloads_.Count),
        });
        var handle = service.Client().GetWorkflowHandle<IOrder>("id");

        Assert.Equal("open", await handle.QueryAsync(w => w.Status));
        Assert.Equal(1, await handle.QueryAsync(w => w.Count("tea")));
    }

    [Fact]
    public async Task QueryAsync_FailedAndRejected_AreExceptionsOfTheirKind()
    {
        var failing = new FakeService().On<QueryWorkflowRequest, QueryWorkflowResponse>(
            "QueryWorkflow", _ => throw new RpcFault(RpcStatusCode.InvalidArgument, "no such query", new QueryFailedFailure()));
        var e = await Assert.ThrowsAsync<WorkflowQueryFailedException>(
            () => failing.Client().GetWorkflowHandle("id").QueryAsync<string>("q", []));
        Assert.Equal("no such query", e.Message);

        var rejecting = new FakeService().On<QueryWorkflowRequest, QueryWorkflowResponse>(
            "QueryWorkflow", _ => new() { QueryRejected = new() { Status = WorkflowExecutionStatus.Completed } });
        var rejected = await Assert.ThrowsAsync<WorkflowQueryRejectedException>(
            () => rejecting.Client(client: o => o.QueryRejectCondition = QueryRejectCondition.NotOpen).GetWorkflowHandle("id").QueryAsync<string>("q", []));
        Assert.Equal(WorkflowExecutionStatus.Completed, rejected.WorkflowStatus);
        Assert.Equal(QueryRejectCondition.NotOpen, rejecting.Only<QueryWorkflowRequest>().QueryRejectCondition);
    }

    [Fact]
    public async Task ExecuteUpdateAsync_NotAcceptedAtFirst_AsksAgainWithTheSameIdThenPolls()
    {
        var calls = 0;
        var service = new FakeService()
            .On<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", _ => new()
            {
                Stage = ++calls == 1 ? UpdateWorkflowExecutionLifecycleStage.Admitted : UpdateWorkflowExecutionLifecycleStage.Accepted,
                UpdateRef = new() { WorkflowExecution = new() { RunId = "run" } },
            })
            .On<PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse>(
                "PollWorkflowExecutionUpdate", _ => new() { Outcome = new() { Success = Payloads(7) } });

        Assert.Equal(7, await service.Client().GetWorkflowHandle<IOrder>("id").ExecuteUpdateAsync(w => w.SetAsync(7)));

        var updates = service.Requests.Select(r => r.Request).OfType<UpdateWorkflowExecutionRequest>().ToArray();
        Assert.Equal(2, updates.Length);
        Assert.Equal(updates[0], updates[1]);
        Assert.Equal("Set", updates[0].Request.Input.Name);
        Assert.Equal(UpdateWorkflowExecutionLifecycleStage.Completed, updates[0].WaitPolicy.LifecycleStage);
        Assert.Equal("run", service.Only<PollWorkflowExecutionUpdateRequest>().UpdateRef.WorkflowExecution.RunId);
    }

    [Fact]
    public async Task ExecuteUpdateAsync_Rejected_ThrowsWhatTheValidatorThrew()
    {
        var failure = await DataConverter.Default.ToFailureAsync(new ApplicationFailureException("no"));
        var service = new FakeService().On<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", _ => new()
        {
            Stage = UpdateWorkflowExecutionLifecycleStage.Completed,
            Outcome = new() { Failure = failure },
        });

        var e = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(
            () => service.Client().GetWorkflowHandle("id").ExecuteUpdateAsync("u", []));
        Assert.Equal("no", e.InnerException!.Message);
    }

    [Fact]
    public async Task StartUpdateAsync_DeadlineOver_IsAnExceptionOfItsOwn()
    {
        var service = new FakeService().On<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>(
            "UpdateWorkflowExecution", _ => throw new RpcFault(RpcStatusCode.DeadlineExceeded, "late"));

        await Assert.ThrowsAsync<WorkflowUpdateRpcTimeoutOrCanceledException>(
            () => service.Client().GetWorkflowHandle("id").StartUpdateAsync("u", [], new(WorkflowUpdateStage.Accepted)));
    }

    [Fact]
    public async Task UpdateWithStart_Accepted_ResolvesBothHandles()
    {
        var service = new FakeService().On<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>("ExecuteMultiOperation", _ => new()
        {
            Responses =
            {
                new ExecuteMultiOperationResponse.Types.Response { StartWorkflow = new() { RunId = "run", Started = true } },
                new ExecuteMultiOperationResponse.Types.Response
                {
                    UpdateWorkflow = new()
                    {
                        Stage = UpdateWorkflowExecutionLifecycleStage.Completed,
                        Outcome = new() { Success = Payloads(3) },
                        UpdateRef = new() { WorkflowExecution = new() { RunId = "run" } },
                    },
                },
            },
        });
        var client = service.Client();
        var start = WithStartWorkflowOperation.Create(
            (IOrder w) => w.RunAsync("tea", 1), new("id", "queue") { IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting });

        Assert.Equal(3, await client.ExecuteUpdateWithStartWorkflowAsync((IOrder w) => w.SetAsync(3), new(start)));

        Assert.Equal("run", (await start.GetHandleAsync()).ResultRunId);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.ExecuteUpdateWithStartWorkflowAsync((IOrder w) => w.SetAsync(3), new(start)));
    }

    [Fact]
    public async Task UpdateWithStart_StartRefused_ThrowsTheStartsError()
    {
        var inner = new WorkflowExecutionAlreadyStartedFailure { RunId = "other" };
        var service = new FakeService().On<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>("ExecuteMultiOperation", _ =>
            throw new RpcFault(RpcStatusCode.AlreadyExists, "multi", new MultiOperationExecutionFailure
            {
                Statuses =
                {
                    new MultiOperationExecutionFailure.Types.OperationStatus
                    {
                        Code = (int)RpcStatusCode.AlreadyExists,
                        Message = "taken",
                        Details = { Google.Protobuf.WellKnownTypes.Any.Pack(inner) },
                    },
                    new MultiOperationExecutionFailure.Types.OperationStatus
                    {
                        Code = (int)RpcStatusCode.Aborted,
                        Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Api.Failure.V1.MultiOperationExecutionAborted()) },
                    },
                },
            }));
        var start = WithStartWorkflowOperation.Create("Type", [], new("id", "queue") { IdConflictPolicy = WorkflowIdConflictPolicy.Fail });

        var e = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => service.Client().ExecuteUpdateWithStartWorkflowAsync("u", [], new(start)));
        Assert.Equal("other", e.RunId);
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() => start.GetHandleAsync());
    }

    [Fact]
    public async Task ListWorkflowsAsync_SeveralPages_StopsAtTheLimit()
    {
        var service = new FakeService().On<ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse>("ListWorkflowExecutions", r => new()
        {
            Executions = { Info("a" + r.NextPageToken.ToStringUtf8()), Info("b" + r.NextPageToken.ToStringUtf8()) },
            NextPageToken = Google.Protobuf.ByteString.CopyFromUtf8(r.NextPageToken.ToStringUtf8() + "+"),
        });
        List<string> ids = [];

        await foreach (var workflow in service.Client().ListWorkflowsAsync("", new() { Limit = 3 }))
        {
            ids.Add(workflow.Id);
        }

        Assert.Equal(["a", "b", "a+"], ids);
    }

    [Fact]
    public async Task HeartbeatAsync_CancelRequested_Throws()
    {
        var service = new FakeService().On<RecordActivityTaskHeartbeatByIdRequest, RecordActivityTaskHeartbeatByIdResponse>(
            "RecordActivityTaskHeartbeatById", _ => new() { CancelRequested = true });

        await Assert.ThrowsAsync<AsyncActivityCanceledException>(
            () => service.Client().GetAsyncActivityHandle("w", null, "a").HeartbeatAsync(new() { Details = [1] }));
        Assert.Equal("1", service.Only<RecordActivityTaskHeartbeatByIdRequest>().Details.Payloads_[0].Data.ToStringUtf8());
    }

    private static WorkflowExecutionInfo Info(string id) => new() { Execution = new() { WorkflowId = id } };

    private static Payloads Payloads(object value) =>
        new() { Payloads_ = { DataConverter.Default.PayloadConverter.ToPayload(value) } };
}
