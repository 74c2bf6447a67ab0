using System.Collections.Concurrent;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// Plays all transcripts against one server, many at a time: they wait more than they compute, and their names never collide.
/// </summary>
public abstract class TranscriptRuns : IAsyncLifetime
{
    private const int AtATime = 24;

    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<string>>> _plays = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtATime);
    private readonly SemaphoreSlim _quiet = new(1);
    private readonly CancellationTokenSource _stop = new();
    private ServerUnderTest? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        foreach (var name in Transcript.Names)
        {
            _plays[name] = Task.Run(() => PlayAsync(name));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_plays.Values.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));
        await _server!.DisposeAsync();
        _stop.Dispose();
        _places.Dispose();
        _quiet.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The differences that the transcript's play found.</summary>
    internal Task<IReadOnlyList<string>> DifferencesAsync(string name) => _plays[name];

    /// <summary>RPCs of the transcript that the server does not serve.</summary>
    internal IReadOnlyList<string> Unserved(string name) => [.. Transcript.Load(name).Calls.Where(c => !_server!.Serves(ProtoJson.Method(c)))];

    internal abstract Task<ServerUnderTest> StartAsync();

    private async Task<IReadOnlyList<string>> PlayAsync(string name)
    {
        await _places.WaitAsync(_stop.Token);
        try
        {
            if (Unserved(name).Count > 0)
            {
                return [];
            }

            var differences = await Player.PlayAsync(_server!.Invoker, Transcript.Load(name), TimeProvider.System, _stop.Token);
            if (differences.Count == 0 || Deviations.Reasons.ContainsKey(name))
            {
                return differences;
            }
        }
        finally
        {
            _places.Release();
        }

        // The recordings' clock is the real one: a machine that is busy elsewhere loses races against their time-outs. What differs is
        // played again when few others are, and counts if it differs again.
        await _quiet.WaitAsync(_stop.Token);
        try
        {
            return await Player.PlayAsync(_server!.Invoker, Transcript.Load(name), TimeProvider.System, _stop.Token);
        }
        finally
        {
            _quiet.Release();
        }
    }
}
