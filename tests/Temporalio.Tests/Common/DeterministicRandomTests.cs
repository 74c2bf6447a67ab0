using Temporalio.Common;

namespace Temporalio.Tests.Common;

public class DeterministicRandomTests
{
    [Fact]
    public void SameSeed_SameNumbers_OverEveryKindOfDraw()
    {
        var a = new DeterministicRandom(42);
        var b = new DeterministicRandom(42);

        Assert.Equal(Draw(a), Draw(b));
        Assert.NotEqual(Draw(new DeterministicRandom(43)), Draw(new DeterministicRandom(42)));
    }

    [Fact]
    public void Next_Range_StaysInsideAndReachesBothEnds()
    {
        var random = new DeterministicRandom(7);
        var seen = Enumerable.Range(0, 1000).Select(_ => random.Next(-2, 3)).ToHashSet();

        Assert.Equal([-2, -1, 0, 1, 2], seen.Order());
        Assert.Equal(5, random.Next(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(2, 1));
    }

    [Fact]
    public void NextBytes_AnyLength_IsThePrefixOfTheSameStream()
    {
        var whole = new byte[16];
        new DeterministicRandom(1).NextBytes(whole);
        var part = new byte[11];
        new DeterministicRandom(1).NextBytes(part);

        Assert.Equal(whole[..11], part);
    }

    private static string Draw(DeterministicRandom random)
    {
        var bytes = new byte[13];
        random.NextBytes(bytes);
        return $"{random.Next()} {random.Next(10)} {random.NextDouble():R} {Convert.ToHexString(bytes)} {random.Next(int.MinValue, int.MaxValue)}";
    }
}
