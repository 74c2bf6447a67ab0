using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Agents.Durable.Benchmarks.Steps;

/// <summary>
/// A worker that knows its workflow by heart and speaks the protocol: it counts results instead of replaying, so what is measured is
/// the server.
/// </summary>
internal sealed class RawRunner : IStepRunner
{
    private const string Namespace = "default";
    private const int Pollers = 16;
    private static readonly Dictionary<string, RpcMethod> s_methods = TemporalApiWorkflowserviceV1Reflection.Descriptor.Services[0].Methods.ToDictionary(m => m.Name, m => new RpcMethod(m));

    private readonly IRpcInvoker _invoker;
    private readonly string _queue = "bench-" + Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, int> _left = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _polling;
    private int _id;

    public RawRunner(IRpcInvoker invoker)
    {
        _invoker = invoker;
        _polling =
        [
            .. Enumerable.Range(0, Pollers).Select(_ => Task.Run(() => WorkAsync(PollWorkflowAsync))),
            .. Enumerable.Range(0, Pollers).Select(_ => Task.Run(() => WorkAsync(PollStickyAsync))),
            .. Enumerable.Range(0, Pollers).Select(_ => Task.Run(() => WorkAsync(PollActivityAsync))),
        ];
    }

    private string Sticky => _queue + "-sticky";

    public async Task RunAsync(int steps)
    {
        var id = $"{_queue}-{Interlocked.Increment(ref _id)}";
        var input = new Payloads();
        input.Payloads_.Add(Number(steps));
        var started = await CallAsync<StartWorkflowExecutionResponse>("StartWorkflowExecution", new StartWorkflowExecutionRequest
        {
            Namespace = Namespace, WorkflowId = id, WorkflowType = new() { Name = "agent" }, TaskQueue = new() { Name = _queue },
            Input = input, RequestId = Guid.NewGuid().ToString(), Identity = "bench",
        });
        await CallAsync<GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", new GetWorkflowExecutionHistoryRequest
        {
            Namespace = Namespace, Execution = new() { WorkflowId = id, RunId = started.RunId }, WaitNewEvent = true,
            HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_polling);
        _stopping.Dispose();
    }

    private async Task WorkAsync(Func<Task> poll)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await poll();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of the measurement.
        }
    }

    private Task PollWorkflowAsync() => PollWorkflowAsync(new() { Name = _queue });

    private Task PollStickyAsync() => PollWorkflowAsync(new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = _queue });

    private async Task PollWorkflowAsync(TaskQueue queue)
    {
        var task = await CallAsync<PollWorkflowTaskQueueResponse>("PollWorkflowTaskQueue", new PollWorkflowTaskQueueRequest { Namespace = Namespace, TaskQueue = queue, Identity = "bench" });
        while (task is { TaskToken.IsEmpty: false })
        {
            var answer = await CallAsync<RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", Answer(task));
            foreach (var activity in answer.ActivityTasks)
            {
                await CompleteAsync(activity.TaskToken, activity.Input);
            }

            task = answer.WorkflowTask;
        }
    }

    private RespondWorkflowTaskCompletedRequest Answer(PollWorkflowTaskQueueResponse task)
    {
        var run = task.WorkflowExecution.RunId;
        foreach (var happened in task.History.Events)
        {
            switch (happened.EventType)
            {
                case EventType.WorkflowExecutionStarted:
                    _left[run] = int.Parse(happened.WorkflowExecutionStartedEventAttributes.Input.Payloads_[0].Data.ToStringUtf8(), System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case EventType.ActivityTaskCompleted:
                    _left.AddOrUpdate(run, 0, (_, left) => left - 1);
                    break;
            }
        }

        var answer = new RespondWorkflowTaskCompletedRequest
        {
            Namespace = Namespace, TaskToken = task.TaskToken, Identity = "bench", ReturnNewWorkflowTask = true,
            StickyAttributes = new() { WorkerTaskQueue = new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = _queue }, ScheduleToStartTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)) },
        };
        if (_left[run] > 0)
        {
            answer.Commands.Add(new Command
            {
                CommandType = CommandType.ScheduleActivityTask,
                ScheduleActivityTaskCommandAttributes = new()
                {
                    ActivityId = _left[run].ToString(System.Globalization.CultureInfo.InvariantCulture), ActivityType = new() { Name = "step" }, TaskQueue = new() { Name = _queue },
                    Input = new() { Payloads_ = { Number(_left[run]) } }, StartToCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)), RequestEagerExecution = true,
                },
            });
        }
        else
        {
            _left.TryRemove(run, out _);
            answer.Commands.Add(new Command { CommandType = CommandType.CompleteWorkflowExecution, CompleteWorkflowExecutionCommandAttributes = new() });
        }

        return answer;
    }

    private async Task PollActivityAsync()
    {
        var task = await CallAsync<PollActivityTaskQueueResponse>("PollActivityTaskQueue", new PollActivityTaskQueueRequest { Namespace = Namespace, TaskQueue = new() { Name = _queue }, Identity = "bench" });
        if (!task.TaskToken.IsEmpty)
        {
            await CompleteAsync(task.TaskToken, task.Input);
        }
    }

    private Task CompleteAsync(ByteString token, Payloads result) => CallAsync<RespondActivityTaskCompletedResponse>(
        "RespondActivityTaskCompleted", new RespondActivityTaskCompletedRequest { Namespace = Namespace, TaskToken = token, Result = result, Identity = "bench" });

    private async Task<TAnswer> CallAsync<TAnswer>(string method, IMessage request)
        where TAnswer : IMessage => (TAnswer)await _invoker.InvokeAsync(s_methods[method], request, new RpcCallOptions { CancellationToken = _stopping.Token });

    private static Payload Number(int value) => new()
    {
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
        Data = ByteString.CopyFromUtf8(value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    };
}
