using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Rpc;

namespace Temporalio.Tests.Client;

public class WorkflowStartTests
{
    [Fact]
    public async Task StartWorkflowAsync_TypedCall_SendsEverythingOnce()
    {
        var service = new FakeService().On<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(
            "StartWorkflowExecution", _ => new() { RunId = "run", Started = true });
        var count = 3;

        var handle = await service.Client().StartWorkflowAsync((IOrder w) => w.RunAsync("tea", count + 1), new("order-1", "queue")
        {
            ExecutionTimeout = TimeSpan.FromHours(1),
            RetryPolicy = new() { MaximumAttempts = 2 },
            Memo = new Dictionary<string, object> { ["note"] = "x" },
            TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(SearchAttributeKey.CreateKeyword("k"), "v").ToSearchAttributeCollection(),
            StaticSummary = "summary",
        });

        Assert.Equal(("order-1", "run", "run", null), (handle.Id, handle.ResultRunId, handle.FirstExecutionRunId, handle.RunId));
        var request = service.Only<StartWorkflowExecutionRequest>();
        Assert.Equal("ns", request.Namespace);
        Assert.Equal("Order", request.WorkflowType.Name);
        Assert.Equal("queue", request.TaskQueue.Name);
        Assert.Equal(["\"tea\"", "4"], request.Input.Payloads_.Select(p => p.Data.ToStringUtf8()));
        Assert.Equal(Duration.FromTimeSpan(TimeSpan.FromHours(1)), request.WorkflowExecutionTimeout);
        Assert.Equal(2, request.RetryPolicy.MaximumAttempts);
        Assert.Equal(WorkflowIdReusePolicy.AllowDuplicate, request.WorkflowIdReusePolicy);
        Assert.Equal("tester", request.Identity);
        Assert.NotEmpty(request.RequestId);
        Assert.Equal("\"x\"", request.Memo.Fields["note"].Data.ToStringUtf8());
        Assert.Equal("Keyword", request.SearchAttributes.IndexedFields["k"].Metadata["type"].ToStringUtf8());
        Assert.Equal("\"summary\"", request.UserMetadata.Summary.Data.ToStringUtf8());
    }

    [Fact]
    public async Task StartWorkflowAsync_Codec_CoversInputAndMemoButNotSearchAttributes()
    {
        var service = new FakeService().On<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(
            "StartWorkflowExecution", _ => new() { RunId = "run" });
        var client = service.Client(client: o => o.DataConverter = DataConverter.Default with { PayloadCodec = new Converters.ReversingCodec() });

        await client.StartWorkflowAsync("Type", ["secret"], new("id", "queue")
        {
            Memo = new Dictionary<string, object> { ["note"] = "secret" },
            TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(SearchAttributeKey.CreateKeyword("k"), "open").ToSearchAttributeCollection(),
        });

        var request = service.Only<StartWorkflowExecutionRequest>();
        Assert.Equal("binary/reversed", request.Input.Payloads_[0].Metadata["encoding"].ToStringUtf8());
        Assert.Equal("binary/reversed", request.Memo.Fields["note"].Metadata["encoding"].ToStringUtf8());
        Assert.Equal("\"open\"", request.SearchAttributes.IndexedFields["k"].Data.ToStringUtf8());
    }

    [Fact]
    public async Task StartWorkflowAsync_IdTaken_NamesTheWorkflowThatHasIt()
    {
        var service = new FakeService().On<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(
            "StartWorkflowExecution",
            _ => throw new RpcFault(RpcStatusCode.AlreadyExists, "taken", new WorkflowExecutionAlreadyStartedFailure { RunId = "other" }));

        var e = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => service.Client().StartWorkflowAsync("Type", [], new("id", "queue")));

        Assert.Equal(("id", "Type", "other"), (e.WorkflowId, e.WorkflowType, e.RunId));
    }

    [Fact]
    public async Task StartWorkflowAsync_StartSignal_IsOneCall()
    {
        var service = new FakeService().On<SignalWithStartWorkflowExecutionRequest, SignalWithStartWorkflowExecutionResponse>(
            "SignalWithStartWorkflowExecution", _ => new() { RunId = "run" });
        var options = new WorkflowOptions("id", "queue");
        options.SignalWithStart((IOrder w) => w.AddAsync(5));

        await service.Client().StartWorkflowAsync((IOrder w) => w.RunAsync("tea", 1), options);

        var request = service.Only<SignalWithStartWorkflowExecutionRequest>();
        Assert.Equal("Add", request.SignalName);
        Assert.Equal("5", request.SignalInput.Payloads_[0].Data.ToStringUtf8());
        Assert.Equal("Order", request.WorkflowType.Name);
    }

    [Theory]
    [InlineData(null, "queue")]
    [InlineData("id", null)]
    public async Task StartWorkflowAsync_WithoutIdOrQueue_IsRefused(string? id, string? queue) =>
        await Assert.ThrowsAsync<ArgumentException>(
            () => new FakeService().Client().StartWorkflowAsync("Type", [], new() { Id = id, TaskQueue = queue }));
}
