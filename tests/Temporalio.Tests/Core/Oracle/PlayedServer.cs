using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>A server whose answers are given by hand: polls wait until they are fed, every other call until it is taken and answered.</summary>
internal sealed class PlayedServer : IRpcInvoker
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource<IMessage>>> _polls = [];
    private readonly Dictionary<string, Queue<IMessage>> _tasks = [];
    private readonly List<Call> _calls = [];
    private readonly List<(Func<Call, bool> Wanted, TaskCompletionSource<Call> Taken)> _takers = [];

    public IReadOnlyList<Call> Untaken
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public async Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options)
    {
        switch (request)
        {
            case GetSystemInfoRequest:
                return new GetSystemInfoResponse { Capabilities = new() { SdkMetadata = true, BuildIdBasedVersioning = true } };
            case DescribeNamespaceRequest:
                return new DescribeNamespaceResponse();
            case ShutdownWorkerRequest:
                return new ShutdownWorkerResponse();
            case PollWorkflowTaskQueueRequest or PollActivityTaskQueueRequest:
                var poll = new TaskCompletionSource<IMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (options.CancellationToken.Register(() => poll.TrySetCanceled()))
                {
                    Poll(method.Descriptor.Name, poll);
                    return await poll.Task;
                }

            default:
                var call = new Call(method.Descriptor.Name, request);
                Note(call);
                return await call.Answer.Task;
        }
    }

    public void Feed(string method, IMessage task)
    {
        lock (_gate)
        {
            var polls = _polls.GetValueOrDefault(method);
            while (polls is not null && polls.TryDequeue(out var poll))
            {
                if (poll.TrySetResult(task))
                {
                    return;
                }
            }

            if (!_tasks.TryGetValue(method, out var tasks))
            {
                _tasks[method] = tasks = new();
            }

            tasks.Enqueue(task);
        }
    }

    /// <summary>The next call that fits, which may have come before.</summary>
    public Task<Call> TakeAsync(Func<Call, bool> wanted)
    {
        lock (_gate)
        {
            var index = _calls.FindIndex(c => wanted(c));
            if (index >= 0)
            {
                var call = _calls[index];
                _calls.RemoveAt(index);
                return Task.FromResult(call);
            }

            var taken = new TaskCompletionSource<Call>(TaskCreationOptions.RunContinuationsAsynchronously);
            _takers.Add((wanted, taken));
            return taken.Task;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Poll(string method, TaskCompletionSource<IMessage> poll)
    {
        lock (_gate)
        {
            if (_tasks.TryGetValue(method, out var tasks) && tasks.TryDequeue(out var task))
            {
                poll.SetResult(task);
                return;
            }

            if (!_polls.TryGetValue(method, out var polls))
            {
                _polls[method] = polls = new();
            }

            polls.Enqueue(poll);
        }
    }

    private void Note(Call call)
    {
        lock (_gate)
        {
            var index = _takers.FindIndex(t => t.Wanted(call));
            if (index < 0)
            {
                _calls.Add(call);
                return;
            }

            _takers[index].Taken.SetResult(call);
            _takers.RemoveAt(index);
        }
    }

    internal sealed record Call(string Method, IMessage Request)
    {
        public TaskCompletionSource<IMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
