using System.Threading.Channels;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Core;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>Plays a recording to a core: says what server and code said, in their order, and compares what the core says.</summary>
internal sealed class LivePlay(CoreWorker core, PlayedServer server)
{
    private readonly Channel<WorkflowActivation> _activations = Channel.CreateUnbounded<WorkflowActivation>();
    private readonly Channel<ActivityTask> _activities = Channel.CreateUnbounded<ActivityTask>();
    private readonly List<WorkflowActivation> _seenActivations = [];
    private readonly List<ActivityTask> _seenActivities = [];
    private readonly Dictionary<long, PlayedServer.Call> _open = [];
    private readonly Dictionary<ByteString, ByteString> _ourTokens = [];
    private readonly Dictionary<string, Task> _completions = [];
    private bool _hasLocalActivities;
    private LiveEntry? _entry;

    /// <summary>Where it stands, for whoever finds it stuck.</summary>
    public override string ToString() =>
        $"{_entry}\nactivations: {string.Join("\n", _seenActivations)}\ncalls: {string.Join("\n", server.Untaken)}\nactivities: {string.Join("\n", _seenActivities)}";

    public async Task RunAsync(LiveRecording recording)
    {
        _hasLocalActivities = recording.Entries.OfType<LiveEntry.Activity>().Any(a => a.Message.Start?.IsLocal is true);
        _ = PumpAsync(core.PollWorkflowActivationAsync, _activations.Writer);
        _ = PumpAsync(core.PollActivityTaskAsync, _activities.Writer);
        foreach (var entry in recording.Entries)
        {
            _entry = entry;
            await PlayAsync(entry);
        }

        Assert.Empty(server.Untaken);
        Assert.Empty(_seenActivations);
        Assert.Empty(_seenActivities);
    }

    private static async Task PumpAsync<T>(Func<Task<T?>> next, ChannelWriter<T> to)
        where T : class
    {
        while (await next() is { } item)
        {
            await to.WriteAsync(item);
        }
    }

    private async Task PlayAsync(LiveEntry entry)
    {
        switch (entry)
        {
            case LiveEntry.Response { Message: PollWorkflowTaskQueueResponse or PollActivityTaskQueueResponse } task:
                server.Feed(task.Method, task.Message.Descriptor.Parser.ParseFrom(task.Message.ToByteString()));
                break;
            case LiveEntry.Request request:
                var key = OracleNormaliser.KeyOf(request.Message);
                var call = await server.TakeAsync(c => c.Method == request.Method && OracleNormaliser.KeyOf(c.Request) == key);
                Assert.Equal(OracleNormaliser.Normalise(request.Message), OracleNormaliser.Normalise(call.Request));
                _open[request.Id] = call;
                break;
            case LiveEntry.Response response:
                await AnswerAsync(_open[response.Id], c => c.SetResult(response.Message.Descriptor.Parser.ParseFrom(response.Message.ToByteString())));
                break;
            case LiveEntry.Refused refused:
                await AnswerAsync(_open[refused.Id], c => c.SetException(refused.Fault));
                break;
            case LiveEntry.Activation activation:
                var ours = await NextAsync(_activations.Reader, _seenActivations, a => a.RunId == activation.Message.RunId);
                Assert.Equal(Comparable(activation.Message), Comparable(ours));
                break;
            case LiveEntry.Completion completion:
                _completions[completion.Message.RunId] = core.CompleteWorkflowActivationAsync(completion.Message.Clone());
                break;
            case LiveEntry.Activity activity:
                if (activity.Message.Cancel?.Reason is ActivityCancelReason.WorkerShutdown)
                {
                    // The only trace that the worker's end has left.
                    core.InitiateShutdown();
                }

                await ActivityAsync(activity.Message);
                break;
            case LiveEntry.ActivityCompletion completion:
                var end = completion.Message.Clone();
                end.TaskToken = Ours(end.TaskToken);
                _ = core.CompleteActivityTaskAsync(end);
                break;
            case LiveEntry.Heartbeat heartbeat:
                var beat = heartbeat.Message.Clone();
                beat.TaskToken = Ours(beat.TaskToken);
                core.RecordActivityHeartbeat(beat);
                break;
            default:
                throw new InvalidOperationException($"What is {entry}?");
        }
    }

    // How long a local activity runs moves the workflow's clock, and no two run equally long.
    private WorkflowActivation Comparable(WorkflowActivation activation)
    {
        var comparable = OracleNormaliser.Normalise(activation);
        if (_hasLocalActivities)
        {
            comparable.Timestamp = null;
        }

        return comparable;
    }

    // The core takes an answer in before the next thing happens, as it did when it was recorded.
    private async Task AnswerAsync(PlayedServer.Call call, Action<TaskCompletionSource<IMessage>> answer)
    {
        var unsettled = _completions.Values.Where(t => !t.IsCompleted).ToList();
        answer(call.Answer);
        if (unsettled is [var settled])
        {
            await settled;
        }
    }

    // The token of a local activity is the core's own invention.
    private async Task ActivityAsync(ActivityTask expected)
    {
        var ours = await NextAsync(_activities.Reader, _seenActivities, task => (expected.Start, task.Start) switch
        {
            ({ IsLocal: true } e, { IsLocal: true } o) =>
                (e.WorkflowExecution.RunId, e.ActivityId, e.Attempt) == (o.WorkflowExecution.RunId, o.ActivityId, o.Attempt),
            (null, null) => task.TaskToken == Ours(expected.TaskToken),
            _ => expected.VariantCase == task.VariantCase && expected.TaskToken == task.TaskToken,
        });
        if (expected.Start is { IsLocal: true })
        {
            _ourTokens[expected.TaskToken] = ours.TaskToken;
        }

        var comparable = expected.Clone();
        comparable.TaskToken = ours.TaskToken;
        Assert.Equal(OracleNormaliser.Normalise(comparable), OracleNormaliser.Normalise(ours));
    }

    private ByteString Ours(ByteString token) => _ourTokens.GetValueOrDefault(token, token);

    private async Task<T> NextAsync<T>(ChannelReader<T> reader, List<T> seen, Predicate<T> wanted)
    {
        while (true)
        {
            var index = seen.FindIndex(wanted);
            if (index >= 0)
            {
                var found = seen[index];
                seen.RemoveAt(index);
                return found;
            }

            seen.Add(await reader.ReadAsync());
        }
    }
}
