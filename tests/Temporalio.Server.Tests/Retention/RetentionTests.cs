using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Store.Postgres;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Retention;

/// <summary>Closed runs whose namespace does not keep them any longer.</summary>
public abstract class RetentionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);
    private ServerUnderTest? _server;

    public async ValueTask InitializeAsync() =>
        _server = await ServerUnderTest.StartAsync(await OpenAsync(), new TemporalServerOptions { Retention = TimeSpan.FromMilliseconds(500) });

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Retention_OfAClosedRun_TakesRunHistoryAndVisibilityTogether()
    {
        var open = await StartAsync("stays");
        var closed = await StartAsync("goes");
        Assert.Equal(2, await CountAsync());
        await CallAsync<TerminateWorkflowExecutionResponse>(new TerminateWorkflowExecutionRequest { Namespace = "default", WorkflowExecution = new() { WorkflowId = "goes" } });

        await UntilAsync(async () => await CountAsync() == 1);
        await Assert.ThrowsAsync<RpcFault>(() => DescribeAsync("goes", closed));
        var fault = await Assert.ThrowsAsync<RpcFault>(() => CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest { Namespace = "default", Execution = new() { WorkflowId = "goes", RunId = closed } }));
        Assert.Equal(RpcStatusCode.NotFound, fault.Code);
        Assert.Equal(WorkflowExecutionStatus.Running, (await DescribeAsync("stays", open)).WorkflowExecutionInfo.Status);

        // Nobody remembers the id: not even a policy that would refuse it.
        Assert.NotEqual(closed, await StartAsync("goes"));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Retention_OfANamespaceThatKeepsLonger_LeavesItsRuns()
    {
        await CallAsync<RegisterNamespaceResponse>(new RegisterNamespaceRequest
        {
            Namespace = "keeper", WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
        });
        await StartAsync("goes");
        var kept = await StartAsync("kept", "keeper");
        foreach (var (ns, id) in ((string, string)[])[("default", "goes"), ("keeper", "kept")])
        {
            await CallAsync<TerminateWorkflowExecutionResponse>(new TerminateWorkflowExecutionRequest { Namespace = ns, WorkflowExecution = new() { WorkflowId = id } });
        }

        await UntilAsync(async () => await CountAsync() == 0);
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await DescribeAsync("kept", kept, "keeper")).WorkflowExecutionInfo.Status);
    }

    protected abstract Task<IExecutionStore> OpenAsync();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TestPostgres.Limit);
        while (!await condition())
        {
            await Task.Delay(s_step, TimeProvider.System, limit.Token);
        }
    }

    private async Task<string> StartAsync(string id, string ns = "default") => (await CallAsync<StartWorkflowExecutionResponse>(new StartWorkflowExecutionRequest
    {
        Namespace = ns, WorkflowId = id, WorkflowType = new() { Name = "any" }, TaskQueue = new() { Name = "nobody" },
        RequestId = Guid.NewGuid().ToString(), WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
    })).RunId;

    private async Task<long> CountAsync() => (await CallAsync<CountWorkflowExecutionsResponse>(new CountWorkflowExecutionsRequest { Namespace = "default" })).Count;

    private Task<DescribeWorkflowExecutionResponse> DescribeAsync(string id, string runId, string ns = "default") => CallAsync<DescribeWorkflowExecutionResponse>(
        new DescribeWorkflowExecutionRequest { Namespace = ns, Execution = new() { WorkflowId = id, RunId = runId } });

    private async Task<T> CallAsync<T>(IMessage request)
        where T : IMessage => (T)await _server!.Invoker.InvokeAsync(
            ProtoJson.Method(request.Descriptor.Name[..^"Request".Length]), request, new RpcCallOptions { CancellationToken = TestContext.Current.CancellationToken });
}

public sealed class InMemoryRetentionTests : RetentionTests
{
    protected override Task<IExecutionStore> OpenAsync() => Task.FromResult<IExecutionStore>(new InMemoryExecutionStore());
}

public sealed class PostgresRetentionTests(TestPostgres postgres) : RetentionTests
{
    protected override async Task<IExecutionStore> OpenAsync() => await PostgresExecutionStore.OpenAsync(await postgres.NewStoreAsync());
}
