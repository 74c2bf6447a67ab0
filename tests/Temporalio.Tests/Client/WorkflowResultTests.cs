using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Tests.Client;

public class WorkflowResultTests
{
    [Fact]
    public async Task GetResultAsync_StillRunning_AsksAgainWithTheToken()
    {
        var calls = 0;
        var service = Service(r => ++calls < 3
            ? new() { History = new(), NextPageToken = Google.Protobuf.ByteString.CopyFromUtf8("t" + calls) }
            : Page(Completed("done")));

        Assert.Equal("done", await service.Client().GetWorkflowHandle<IOrder, string>("id").GetResultAsync());

        var requests = service.Requests.Select(r => r.Request).OfType<GetWorkflowExecutionHistoryRequest>().ToArray();
        Assert.Equal(["", "t1", "t2"], requests.Select(r => r.NextPageToken.ToStringUtf8()));
        Assert.All(requests, r => Assert.True(r.WaitNewEvent && r.HistoryEventFilterType == HistoryEventFilterType.CloseEvent));
    }

    [Fact]
    public async Task GetResultAsync_ContinuedAsNew_FollowsUnlessToldNotTo()
    {
        var service = Service(r => Page(r.Execution.RunId == "second"
            ? Completed("done")
            : new() { WorkflowExecutionContinuedAsNewEventAttributes = new() { NewExecutionRunId = "second" } }));
        var handle = service.Client().GetWorkflowHandle<IOrder, string>("id");

        Assert.Equal("done", await handle.GetResultAsync());
        var e = await Assert.ThrowsAsync<WorkflowContinuedAsNewException>(() => handle.GetResultAsync(followRuns: false));
        Assert.Equal("second", e.NewRunId);
    }

    [Fact]
    public async Task GetResultAsync_Failed_ThrowsWhatTheWorkflowThrew()
    {
        var failure = await DataConverter.Default.ToFailureAsync(new ApplicationFailureException("broken", "Broken"));
        var e = await FailsAsync(new() { WorkflowExecutionFailedEventAttributes = new() { Failure = failure } });

        Assert.Equal("Broken", Assert.IsType<ApplicationFailureException>(e).ErrorType);
    }

    [Fact]
    public async Task GetResultAsync_OtherEnds_AreFailuresOfTheirKind()
    {
        Assert.IsType<CanceledFailureException>(await FailsAsync(new() { WorkflowExecutionCanceledEventAttributes = new() }));
        Assert.IsType<TimeoutFailureException>(await FailsAsync(new() { WorkflowExecutionTimedOutEventAttributes = new() }));
        var terminated = Assert.IsType<TerminatedFailureException>(await FailsAsync(new()
        {
            WorkflowExecutionTerminatedEventAttributes = new() { Reason = "enough", Details = Payloads("why") },
        }));
        Assert.Equal("enough", terminated.Message);
        Assert.Equal("why", terminated.Details!.ElementAt<string>(0));
    }

    [Fact]
    public async Task GetResultAsync_Cancelled_EndsTheWait()
    {
        var service = new FakeService().On<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory", async (_, context) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                return new();
            });
        using var source = new CancellationTokenSource();
        var result = service.Client().GetWorkflowHandle("id").GetResultAsync(rpcOptions: new() { CancellationToken = source.Token });

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result);
    }

    private static async Task<Exception> FailsAsync(HistoryEvent close)
    {
        var handle = Service(_ => Page(close)).Client().GetWorkflowHandle("id");
        return (await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync())).InnerException!;
    }

    private static FakeService Service(Func<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse> answer) =>
        new FakeService().On("GetWorkflowExecutionHistory", answer);

    private static GetWorkflowExecutionHistoryResponse Page(HistoryEvent close) => new() { History = new() { Events = { close } } };

    private static HistoryEvent Completed(string result) =>
        new() { WorkflowExecutionCompletedEventAttributes = new() { Result = Payloads(result) } };

    private static Payloads Payloads(string value) =>
        new() { Payloads_ = { DataConverter.Default.PayloadConverter.ToPayload(value) } };
}
