using System.Diagnostics;
using Google.Protobuf;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.History;

/// <summary>What a pager wants next.</summary>
internal abstract record PagerStep
{
    private protected PagerStep()
    {
    }

    internal sealed record Ready(HistoryUpdate Update) : PagerStep;

    /// <summary>Read the page behind this token; an empty token means from the start.</summary>
    internal sealed record Fetch(ByteString Token) : PagerStep;

    internal sealed record Broken(string Message) : PagerStep;
}

/// <summary>
/// Turns pages of history into updates for a run, without doing the reading itself: ask <see cref="Next"/>, read the page it wants, feed
/// it back with <see cref="AddPage"/>, ask again.
/// </summary>
internal sealed class HistoryPager
{
    private readonly List<HistoryEvent> _queue = [];
    private readonly List<HistoryEvent> _tail = [];
    private ByteString? _nextToken;
    private bool _readThisTime;
    private long _lastExtractedId;

    private HistoryPager(string workflowId, string runId, long previousStartedId, long startedId)
    {
        WorkflowId = workflowId;
        RunId = runId;
        PreviousStartedId = previousStartedId;
        StartedId = startedId;
    }

    public string WorkflowId { get; }

    public string RunId { get; }

    public long PreviousStartedId { get; }

    public long StartedId { get; }

    /// <summary>Begins with the history that a task brought, and its token for more.</summary>
    public static HistoryPager ForTask(
        string workflowId, string runId, long previousStartedId, long startedId, IEnumerable<HistoryEvent> events, ByteString nextToken)
    {
        var pager = new HistoryPager(workflowId, runId, previousStartedId, startedId) { _nextToken = nextToken.IsEmpty ? null : nextToken };
        pager._queue.AddRange(events);
        return pager;
    }

    /// <summary>Begins at the start because the run is not cached; events of the task that no page has come after the last page.</summary>
    public static HistoryPager FromStart(HistoryPager pager, ReadOnlySpan<HistoryEvent> taskEvents)
    {
        var again = new HistoryPager(pager.WorkflowId, pager.RunId, pager.PreviousStartedId, pager.StartedId)
        {
            _nextToken = ByteString.Empty,
            _lastExtractedId = pager._lastExtractedId,
        };
        again._tail.AddRange(taskEvents);
        return again;
    }

    public PagerStep Next()
    {
        while (true)
        {
            if (_nextToken is not null && !_readThisTime)
            {
                return new PagerStep.Fetch(_nextToken);
            }

            _readThisTime = false;
            var last = _nextToken is null;
            var sawTask = (_queue.Count == 0 ? 0 : _queue[^1].EventId) >= StartedId;

            // A token may lead to an empty page at the end of a history that has been handed out in full already.
            if (_queue.Count == 0 && last && _lastExtractedId >= StartedId)
            {
                return new PagerStep.Ready(HistoryUpdate.Empty(PreviousStartedId, StartedId));
            }

            if (_queue.Count == 0 || (last && !sawTask))
            {
                return new PagerStep.Broken("Fetched empty history page");
            }

            var hasLastTask = last && sawTask;
            var firstId = _queue[0].EventId;
            var before = last ? null : new List<HistoryEvent>(_queue);
            var update = HistoryUpdate.Extract(_queue, PreviousStartedId, StartedId, hasLastTask);
            if (!last && update.Sequences < 2)
            {
                _queue.Clear();
                _queue.AddRange(before!);
                continue;
            }

            if (!hasLastTask && _queue.Count > 0 && _queue[0].EventId == firstId)
            {
                continue;
            }

            var remaining = update.Remaining;
            _lastExtractedId = remaining.IsEmpty ? 0 : remaining[^1].EventId;
            return new PagerStep.Ready(update);
        }
    }

    public void AddPage(IEnumerable<HistoryEvent> events, ByteString nextToken)
    {
        Debug.Assert(_nextToken is not null, "a page that nobody asked for");
        _nextToken = nextToken.IsEmpty ? null : nextToken;
        var lastId = _queue.Count == 0 ? 0 : _queue[^1].EventId;
        var before = _queue.Count;
        _queue.AddRange(events.SkipWhile(e => e.EventId <= lastId));
        if (_nextToken is null && _queue.Count > 0)
        {
            lastId = _queue[^1].EventId;
            _queue.AddRange(_tail.SkipWhile(e => e.EventId <= lastId));
            _tail.Clear();
        }

        // An empty page with a token: read on at once.
        _readThisTime = _queue.Count > before || _nextToken is null;
    }
}
