using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Every transcript in real time, against a server whose state goes through PostgreSQL.</summary>
public sealed class PostgresTranscriptTests(PostgresTranscriptRuns runs) : TranscriptTests, IClassFixture<PostgresTranscriptRuns>
{
    // Everything is played at once, so the first row waits for its turn among all.
    private static TimeSpan TranscriptLimit { get; } = 5 * TestPostgres.Limit;

    // Its virtual time has a server that forgets what it need not know, so that their state goes through a store, too.
    private protected override string? Unsuited(string name) => Remarks.Races.GetValueOrDefault(name);

    private protected override bool Serves(RpcMethod method) => runs.Serves(method);

    private protected override Task<IReadOnlyList<string>> DifferencesAsync(string name) =>
        runs.DifferencesAsync(name).WaitAsync(TranscriptLimit, TestContext.Current.CancellationToken);
}
