using System.Collections.Concurrent;
using System.Security.Cryptography;
using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// Plays all transcripts against one server on PostgreSQL, many at a time: they wait more than they compute, and their names never collide.
/// </summary>
public sealed class PostgresTranscriptRuns(TestPostgres postgres) : IAsyncLifetime
{
    private const int AtATime = 24;

    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<string>>> _plays = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtATime);
    private readonly CancellationTokenSource _stop = new();
    private ServerUnderTest? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.PostgresAsync(postgres);
        foreach (var name in Transcript.Names)
        {
            _plays[name] = Task.Run(() => PlayAsync(Transcript.Load(name)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_plays.Values.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));
        await _server!.DisposeAsync();
        _stop.Dispose();
        _places.Dispose();
    }

    /// <summary>The differences that the transcript's play found.</summary>
    internal Task<IReadOnlyList<string>> DifferencesAsync(string name) => _plays[name];

    internal bool Serves(RpcMethod method) => _server!.Serves(method);

    private async Task<IReadOnlyList<string>> PlayAsync(Transcript transcript)
    {
        if (Remarks.Races.ContainsKey(transcript.Name) || transcript.Calls.Any(c => !Serves(ProtoJson.Method(c))))
        {
            return [];
        }

        await _places.WaitAsync(_stop.Token);
        try
        {
            var suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
            return await Player.PlayAsync(_server!.Invoker, transcript, TimeProvider.System, suffix, _stop.Token);
        }
        finally
        {
            _places.Release();
        }
    }
}
