using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Data.Tests.Transcripts;

/// <summary>From where the runs of a task count their model calls.</summary>
public sealed class RunProgressTests
{
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 7, 7)]
    [InlineData(2, 0, 1000)]
    [InlineData(2, 5, 1000)]
    [InlineData(3, 1005, 2000)]
    // The call that may be under way has the next number, also when there were many before it.
    [InlineData(2, 1500, 2000)]
    [InlineData(2, 1000, 2000)]
    public void FirstCall_TaskBegunSoOften_IsApartFromCallsUnderWay(int begun, int next, int first) =>
        Assert.Equal(first, new RunProgress([], next, next, 0, 0, 0, begun).FirstCall);
}
