using System.Diagnostics;
using System.Globalization;
using Agents.Durable.Contracts;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;

namespace Agents.Durable.Benchmarks.Context;

/// <summary>What one task came to.</summary>
internal sealed record ContextMeasurement
{
    private static readonly TimeSpan s_report = TimeSpan.FromSeconds(5);

    public required int Calls { get; init; }
    public required long Tokens { get; init; }
    public required int Histories { get; init; }
    public required int Activities { get; init; }
    public required long Bytes { get; init; }
    public required TimeSpan Time { get; init; }
    public required long Resident { get; init; }

    /// <exception cref="Temporalio.Exceptions.WorkflowFailedException">The task did not complete.</exception>
    public static async Task<ContextMeasurement> RunAsync(ContextHost host, int tokens, TextWriter progress, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var handle = await host.BeginAsync(new string('x', tokens * 4), cancellationToken);
        var ended = handle.GetResultAsync();
        long most = 0;
        using var timer = new PeriodicTimer(s_report);
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, timer.WaitForNextTickAsync(cancellationToken).AsTask());
            cancellationToken.ThrowIfCancellationRequested();
            most = Math.Max(most, Process.GetCurrentProcess().WorkingSet64);
            if (!ended.IsCompleted)
            {
                var state = await handle.QueryAsync<SessionState>(AgentSessions.State, []);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s: {state.ModelCalls} model calls, {most >> 20} MiB"));
            }
        }

        await ended;
        var time = Stopwatch.GetElapsedTime(begun);
        var usage = await handle.QueryAsync<SessionUsage>(AgentSessions.Usage, []);
        var (histories, activities, bytes) = await SumAsync(host.Client, handle);
        return new ContextMeasurement
        {
            Calls = usage.ModelCalls,
            Tokens = usage.InputTokens / Math.Max(1, usage.ModelCalls),
            Histories = histories,
            Activities = activities,
            Bytes = bytes,
            Time = time,
            Resident = most,
        };
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"model calls={Calls} tokens/call={Tokens} histories={Histories} activities={Activities} bytes/activity={(double)Bytes / Activities:F0} time={Time.TotalSeconds:F1}s ms/activity={Time.TotalMilliseconds / Activities:F2} resident={Resident >> 20}MiB");

    /// <summary>All events of all runs of the task.</summary>
    private static async Task<(int Histories, int Activities, long Bytes)> SumAsync(ITemporalClient client, WorkflowHandle handle)
    {
        var (histories, activities, bytes) = (0, 0, 0L);
        string? run = handle.FirstExecutionRunId ?? handle.ResultRunId;
        while (run is not null)
        {
            histories++;
            var events = (await client.GetWorkflowHandle(handle.Id, run).FetchHistoryAsync()).Events;
            activities += events.Count(item => item.EventType == EventType.ActivityTaskScheduled);
            bytes += events.Sum(item => (long)item.CalculateSize());
            run = events.Last().WorkflowExecutionContinuedAsNewEventAttributes?.NewExecutionRunId;
        }

        return (histories, activities, bytes);
    }
}
