namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// What a real server 1.32.0 answered, call by call. <c>TRANSCRIPT=prefix</c> in the environment plays those whose name begins so.
/// </summary>
public abstract class TranscriptTests(TranscriptRuns runs)
{
    public static TheoryData<string> Names => [.. Transcript.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_ToATranscript_AreTheRecordedOnes(string name)
    {
        var unserved = runs.Unserved(name);
        Assert.SkipWhen(unserved.Count > 0, $"calls {string.Join(", ", unserved)}, which this server does not serve");
        var differences = await runs.DifferencesAsync(name).WaitAsync(TranscriptLimit, TestContext.Current.CancellationToken);
        if (Deviations.Reasons.TryGetValue(name, out var reason))
        {
            Assert.True(differences.Count > 0, $"{name} passes now: remove it from deviations.txt ({reason}).");
            return;
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Take(5)));
    }

    [Fact]
    public void Deviations_EveryEntry_NamesATranscriptAndAReason()
    {
        var known = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts", "Data")).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(Deviations.Reasons, e => Assert.True(known.Contains(e.Key) && e.Value.Length > 0, e.Key));
    }

    // Everything is played at once, so the first row waits for its turn among all.
    private static TimeSpan TranscriptLimit { get; } = 5 * TestPostgres.Limit;
}

public sealed class InMemoryTranscriptRuns : TranscriptRuns
{
    internal override Task<ServerUnderTest> StartAsync() => ServerUnderTest.InMemoryAsync();
}

public sealed class PostgresTranscriptRuns(TestPostgres postgres) : TranscriptRuns
{
    internal override Task<ServerUnderTest> StartAsync() => ServerUnderTest.PostgresAsync(postgres);
}

public sealed class InMemoryTranscriptTests(InMemoryTranscriptRuns runs) : TranscriptTests(runs), IClassFixture<InMemoryTranscriptRuns>;

public sealed class PostgresTranscriptTests(PostgresTranscriptRuns runs) : TranscriptTests(runs), IClassFixture<PostgresTranscriptRuns>;
