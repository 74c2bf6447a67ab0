using Temporalio.Rpc;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// What a real server 1.32.0 answered, call by call. <c>TRANSCRIPT=prefix</c> in the environment plays those whose name begins so.
/// </summary>
public abstract class TranscriptTests
{
    public static TheoryData<string> Names => [.. Transcript.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_ToATranscript_AreTheRecordedOnes(string name)
    {
        var unserved = Transcript.Load(name).Calls.Where(c => !Serves(ProtoJson.Method(c))).ToList();
        Assert.SkipWhen(unserved.Count > 0, $"calls {string.Join(", ", unserved)}, which this server does not serve");
        Assert.SkipWhen(Unsuited(name) is not null, $"belongs into virtual time: {Unsuited(name)}");
        var differences = await DifferencesAsync(name);
        if (Remarks.Deviations.TryGetValue(name, out var reason))
        {
            Assert.True(differences.Count > 0, $"{name} passes now: remove it from deviations.txt ({reason}).");
            return;
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Take(5)));
    }

    /// <summary>Why this class cannot play the transcript, if so.</summary>
    private protected virtual string? Unsuited(string name) => null;

    private protected abstract bool Serves(RpcMethod method);

    private protected abstract Task<IReadOnlyList<string>> DifferencesAsync(string name);
}
