using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Data.Stream;

/// <summary>The feeds of the tasks that have a viewer in this process; a feed lives as long as its last viewer.</summary>
internal sealed class TaskFeeds(StreamRows rows, TimeProvider time, IOptions<TaskStreamOptions> options, ILogger<TaskFeed> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TaskFeed Feed, int Viewers)> _feeds = new(StringComparer.Ordinal);

    public Lease Acquire(string taskId)
    {
        lock (_gate)
        {
            var feed = _feeds.TryGetValue(taskId, out var entry) ? entry.Feed : new TaskFeed(taskId, rows, options.Value, time, logger);
            _feeds[taskId] = (feed, entry.Viewers + 1);
            return new Lease(this, feed);
        }
    }

    public void Offer(string taskId, IReadOnlyList<StreamFrame> frames) => Find(taskId)?.Offer(frames);

    public void CatchUp(string taskId, long head) => Find(taskId)?.CatchUp(head);

    public string[] TaskIds()
    {
        lock (_gate)
        {
            return [.. _feeds.Keys];
        }
    }

    private TaskFeed? Find(string taskId)
    {
        lock (_gate)
        {
            return _feeds.TryGetValue(taskId, out var entry) ? entry.Feed : null;
        }
    }

    private void Release(TaskFeed feed)
    {
        lock (_gate)
        {
            var viewers = _feeds[feed.TaskId].Viewers - 1;
            if (viewers > 0)
            {
                _feeds[feed.TaskId] = (feed, viewers);
                return;
            }

            _feeds.Remove(feed.TaskId);
        }

        feed.Close();
    }

    internal readonly struct Lease(TaskFeeds feeds, TaskFeed feed) : IDisposable
    {
        public TaskFeed Feed => feed;

        public void Dispose() => feeds.Release(feed);
    }
}
