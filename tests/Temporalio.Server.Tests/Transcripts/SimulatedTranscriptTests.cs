using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// Every transcript in virtual time, where no machine is too slow for it: what differs here is the engine's doing. The seeds are always
/// the same, the second with a server that keeps nothing in memory; <c>TRANSCRIPT_SEEDS=100</c> plays more.
/// </summary>
public sealed class SimulatedTranscriptTests : TranscriptTests
{
    private static readonly ulong s_seeds = ulong.TryParse(Environment.GetEnvironmentVariable("TRANSCRIPT_SEEDS"), out var seeds) ? seeds : 2;

    private static readonly Lazy<TemporalServer> s_server = new(() => new TemporalServer(new TemporalServerOptions(), new InMemoryExecutionStore()));

    private protected override bool Serves(Temporalio.Rpc.RpcMethod method) => s_server.Value.Router.TryFind(method.Path, out _, out _);

    private protected override Task<IReadOnlyList<string>> DifferencesAsync(string name)
    {
        var transcript = Transcript.Load(name);
        for (var seed = 1ul; seed <= s_seeds; seed++)
        {
            var differences = SimulatedPlay.Play(transcript, seed, forgetful: seed % 2 == 0);
            if (differences.Count > 0)
            {
                return Task.FromResult<IReadOnlyList<string>>([$"seed {seed}:", .. differences]);
            }
        }

        return Task.FromResult<IReadOnlyList<string>>([]);
    }
}
