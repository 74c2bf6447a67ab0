namespace Temporalio.Server.Tests.Transcripts;

public sealed class RemarksTests
{
    [Fact]
    public void Remarks_EveryEntry_NamesATranscriptAndAReason()
    {
        var known = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts", "Data")).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(Remarks.Deviations.Concat(Remarks.Races), e => Assert.True(known.Contains(e.Key) && e.Value.Length > 0, e.Key));
    }
}
