using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Tests.Worker.EndToEnd;

namespace Temporalio.Tests.Client;

/// <summary>A server that does not wait, as for a call with a short time-out: the client asks again, but not in a tight loop.</summary>
public class WaitPacingTests
{
    private readonly StandingTime _time = new();
    private readonly FakeService _service = new();
    private int _calls;

    private ITemporalClient Client => _service.Client(c => c.TimeProvider = _time);

    private WorkflowHandle<IOrder, string> Handle => Client.GetWorkflowHandle<IOrder, string>("id");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetHistory_EmptyAnswersAtOnce_PausesBeforeEachNext(bool result)
    {
        _service.On<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", _ => IsThird()
            ? new() { History = new() { Events = { new Api.History.V1.HistoryEvent { WorkflowExecutionContinuedAsNewEventAttributes = new() { NewExecutionRunId = "" } } } } }
            : new() { History = new(), NextPageToken = Google.Protobuf.ByteString.CopyFromUtf8("t") });
        if (result)
        {
            await Assert.ThrowsAsync<Exceptions.WorkflowContinuedAsNewException>(() => Handle.GetResultAsync());
        }
        else
        {
            Assert.Single((await Handle.FetchHistoryAsync(new() { WaitNewEvent = true })).Events);
        }

        AssertTwoPauses();
    }

    [Fact]
    public async Task PollUpdate_EmptyAnswersAtOnce_PausesBeforeEachNext()
    {
        _service.On<PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse>(
            "PollWorkflowExecutionUpdate", _ => new() { Outcome = IsThird() ? new Outcome { Success = new() } : null });

        await Handle.GetUpdateHandle("u").GetResultAsync();

        AssertTwoPauses();
    }

    [Fact]
    public async Task StartUpdate_NotAcceptedAtOnce_PausesBeforeEachNext()
    {
        _service.On<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", _ => Updated());

        await Handle.StartUpdateAsync(o => o.SetAsync(1), new(WorkflowUpdateStage.Accepted));

        AssertTwoPauses();
    }

    [Fact]
    public async Task StartUpdateWithStart_NotAcceptedAtOnce_PausesBeforeEachNext()
    {
        _service.On<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>("ExecuteMultiOperation", _ => new()
        {
            Responses =
            {
                new ExecuteMultiOperationResponse.Types.Response { StartWorkflow = new() { RunId = "r" } },
                new ExecuteMultiOperationResponse.Types.Response { UpdateWorkflow = Updated() },
            },
        });
        var start = WithStartWorkflowOperation.Create(
            (IOrder o) => o.RunAsync("i", 1), new("id", "tq") { IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting });

        await Client.StartUpdateWithStartWorkflowAsync((IOrder o) => o.SetAsync(1), new(start, WorkflowUpdateStage.Accepted));

        AssertTwoPauses();
    }

    [Fact]
    public async Task GetResultAsync_CancelledInThePause_EndsTheWait()
    {
        using var cancel = new CancellationTokenSource();
        _time.Paused = cancel.Cancel;
        _service.On<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory", _ => new() { History = new() });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Handle.GetResultAsync(rpcOptions: new() { CancellationToken = cancel.Token }).WaitAsync(TestServer.Patience));
    }

    private bool IsThird() => Interlocked.Increment(ref _calls) == 3;

    private UpdateWorkflowExecutionResponse Updated() => new()
    {
        Stage = IsThird() ? UpdateWorkflowExecutionLifecycleStage.Accepted : UpdateWorkflowExecutionLifecycleStage.Admitted,
    };

    private void AssertTwoPauses() => Assert.Equal([TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100)], _time.Pauses);

    /// <summary>No time passes, and every pause is over as soon as it has begun unless a test has it otherwise.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

        public Action? Paused { get; set; }

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Enqueue(dueTime);
            ThreadPool.QueueUserWorkItem(_ =>
            {
                if (Paused is null)
                {
                    callback(state);
                }
                else
                {
                    Paused();
                }
            });
            return new OverTimer();
        }

        private sealed class OverTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
