using System.Collections.Concurrent;
using Temporalio.Rpc.InProcess;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Plays what was recorded on a real server against ours, and expects the same answers.</summary>
public sealed class TranscriptConformanceTests
{
    private const int AtOnce = 48;

    // Transcripts that are answered differently, one a line, each with the reason.
    private static readonly HashSet<string> s_deviations = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", "deviations.txt"))
        .Select(l => l.Split(' ', 2)[0]).Where(n => n.Length > 0).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public async Task EveryServedTranscript_AnswersAsRecorded()
    {
        await using var server = new TemporalServer(new TemporalServerOptions(), new InMemoryExecutionStore());
        await server.StartAsync(TestContext.Current.CancellationToken);
        await using var invoker = new InProcessRpcInvoker(server.Router, serialise: true);
        var served = server.Router.Paths.Select(p => p[(p.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var transcripts = Transcript.Names.Select(Transcript.Load).Where(t => t.Calls.All(served.Contains)).ToList();
        var failures = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(transcripts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (transcript, token) =>
        {
            var differences = await Player.PlayAsync(invoker, transcript, TimeProvider.System, token);
            if (differences.Count > 0)
            {
                failures[transcript.Name] = string.Join(Environment.NewLine + "  ", differences.Take(4));
            }
        });
        TestContext.Current.SendDiagnosticMessage("{0} of {1} transcripts as recorded", transcripts.Count - failures.Count, transcripts.Count);
        Assert.True(
            failures.Keys.All(s_deviations.Contains),
            $"{transcripts.Count - failures.Count} of {transcripts.Count} transcripts as recorded; these are not:" + Environment.NewLine +
            string.Join(Environment.NewLine, failures.Where(f => !s_deviations.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}{Environment.NewLine}  {f.Value}")));
        // A transcript that plays as recorded is no deviation any more.
        Assert.Empty(s_deviations.Intersect(transcripts.Select(t => t.Name)).Except(failures.Keys));
    }
}
