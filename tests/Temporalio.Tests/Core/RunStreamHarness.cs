using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Tests.Core;

/// <summary>Drives the runs by hand: tasks in, activations out, completions in, outcomes out.</summary>
internal sealed class RunStreamHarness
{
    private readonly RunStream _stream;
    private readonly Queue<RunOutput> _outputs = new();
    private int _tokens;

    public RunStreamHarness(int cache = 10, ILocalActivities? localActivities = null, TimeProvider? time = null)
        : this(new CacheLimits(cache), localActivities, time)
    {
    }

    public RunStreamHarness(CacheLimits cache, ILocalActivities? localActivities = null, TimeProvider? time = null)
    {
        var context = new RunContext { Namespace = "ns", TaskQueue = "tq", TimeProvider = time ?? TimeProvider.System };
        _stream = new(context, cache, localActivities ?? NoLocalActivities.Instance, _ => { });
    }

    /// <summary>How often the runs asked to be told when they may have been idle for too long.</summary>
    public int IdleWatches { get; private set; }

    public int CachedRuns => _stream.CachedRuns;

    public void Task(IEnumerable<HistoryEvent> events, long previousStarted, long started, Func<WorkflowTask, WorkflowTask>? change = null, string runId = HistoryBuilder.RunId)
    {
        var copies = events.Select(e => e.Clone()).ToList();
        var pager = HistoryPager.ForTask("wid", runId, previousStarted, started, copies, ByteString.Empty);
        var update = copies.Count == 0 ? HistoryUpdate.Empty(previousStarted, started) : Assert.IsType<PagerStep.Ready>(pager.Next()).Update;
        var task = new WorkflowTask
        {
            Token = ByteString.CopyFromUtf8($"token{++_tokens}"),
            Attempt = 1,
            WorkflowId = "wid",
            RunId = runId,
            WorkflowType = "wf",
            Update = update,
            Pager = pager,
        };
        Post(new RunInput.NewTask(change?.Invoke(task) ?? task));
    }

    public void Post(RunInput input)
    {
        foreach (var output in _stream.Handle(input))
        {
            switch (output)
            {
                case RunOutput.Evicted:
                    // Only a replayer has to know.
                    break;
                case RunOutput.WatchIdle:
                    IdleWatches++;
                    break;
                default:
                    _outputs.Enqueue(output);
                    break;
            }
        }
    }

    public WorkflowActivation Activation()
    {
        var output = Assert.IsType<RunOutput.Activate>(Next());
        return output.Activation;
    }

    public RunOutput.Report Report() => Assert.IsType<RunOutput.Report>(Next());

    public CompletionOutcome.Complete Completion(TaskReport? report = null)
    {
        var output = Report();
        var outcome = Assert.IsType<CompletionOutcome.Complete>(output.Ticket.Outcome);
        Post(new RunInput.Reported(output.Run.RunId, output.Ticket, report ?? TaskReport.Reported()));
        return outcome;
    }

    public void Reply(params WorkflowCommand[] commands) => ReplyFor(HistoryBuilder.RunId, commands);

    public void ReplyFor(string runId, params WorkflowCommand[] commands) => Post(new RunInput.Completed(
        new() { RunId = runId, Successful = new() { Commands = { commands } } }, new ActivationTicket(isAutomatic: false)));

    public void ReplyFailed(Temporalio.Api.Failure.V1.Failure failure) => Post(new RunInput.Completed(
        new() { RunId = HistoryBuilder.RunId, Failed = new() { Failure_ = failure } }, new ActivationTicket(isAutomatic: false)));

    public RunOutput Next() => _outputs.TryDequeue(out var output) ? output : throw new InvalidOperationException("The runs want nothing");

    public void AssertNothing() => Assert.Empty(_outputs);
}
