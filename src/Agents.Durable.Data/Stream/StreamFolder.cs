using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Stream;

/// <summary>Folds the deltas of complete messages. It only saves space and time of replays, so what a crash or an overflow leaves out stays as it is.</summary>
internal sealed partial class StreamFolder(
    NpgsqlDataSource dataSource, StreamRows rows, TimeProvider time, IOptions<TaskStreamOptions> options, ILogger<StreamFolder> logger) : BackgroundService
{
    // Bounded, because folding may fall behind; the oldest wait longest and are the ones given up.
    private readonly Channel<(string TaskId, long Seq, DateTimeOffset At)> _complete = Channel.CreateBounded<(string, long, DateTimeOffset)>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Notes that a message was complete with this frame.</summary>
    public void Enqueue(string taskId, long seq, DateTimeOffset at) => _complete.Writer.TryWrite((taskId, seq, at));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FoldAllAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left stays unfolded.
        }
    }

    private async Task FoldAllAsync(CancellationToken stoppingToken)
    {
        await foreach (var (taskId, seq, at) in _complete.Reader.ReadAllAsync(stoppingToken))
        {
            var wait = at + options.Value.FoldAfter - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stoppingToken);
            }

            try
            {
                await FoldAsync(taskId, seq, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, nothing is lost but space, and the next ones are no worse for it.
                FoldFailed(logger, exception, taskId);
            }
        }
    }

    /// <summary>Folds between the completion before <paramref name="seq"/> and that one.</summary>
    internal async Task FoldAsync(string taskId, long seq, CancellationToken cancellationToken)
    {
        var begin = await BeginAsync(taskId, seq, cancellationToken);
        var page = await rows.PageAsync(taskId, begin, checked((int)Math.Min(seq - begin, 100_000)), cancellationToken);
        var folds = StreamFold.Plan([.. page.Where(row => row.Seq < seq)]);
        if (folds.Count == 0)
        {
            return;
        }

        // One statement, so a reader sees either the rows or what stands for them.
        await using var command = dataSource.CreateCommand("""
            WITH folds AS (SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS f(from_seq, seq, update)),
            gone AS (DELETE FROM task_stream s USING folds f WHERE s.task_id = $1 AND s.seq >= f.from_seq AND s.seq < f.seq)
            UPDATE task_stream s SET from_seq = f.from_seq, update = f.update FROM folds f WHERE s.task_id = $1 AND s.seq = f.seq
            """);
        command.Parameters.Add(new() { Value = taskId });
        command.Parameters.Add(new() { Value = folds.Select(f => f.From).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = folds.Select(f => f.Seq).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = folds.Select(f => Encoding.UTF8.GetString(f.Update)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> BeginAsync(string taskId, long seq, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT seq FROM task_stream WHERE task_id = $1 AND seq < $2 AND flags & 8 <> 0 ORDER BY seq DESC LIMIT 1");
        command.Parameters.Add(new() { Value = taskId });
        command.Parameters.Add(new() { Value = seq });
        return await command.ExecuteScalarAsync(cancellationToken) is long begin ? begin : 0;
    }

    [LoggerMessage(LogLevel.Warning, "Folding the stream of task {TaskId} failed; its rows stay as they are.")]
    private static partial void FoldFailed(ILogger logger, Exception exception, string taskId);
}
