using FsCheck;
using FsCheck.Fluent;
using Temporalio.Rpc.Framing;

namespace Temporalio.Rpc.Tests;

public sealed class FramingTests
{
    [Theory]
    [InlineData("70000000u", 70.0)]
    [InlineData("30S", 30.0)]
    [InlineData("100m", 0.1)]
    [InlineData("2H", 7200.0)]
    public void TimeoutHeader_KnownUnits_Parse(string text, double seconds)
    {
        Assert.True(TimeoutHeader.TryParse(text, out var timeout));
        Assert.Equal(seconds, timeout.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("12")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public void TimeoutHeader_Garbage_IsRefused(string text) => Assert.False(TimeoutHeader.TryParse(text, out _));

    [Fact]
    public void TimeoutHeader_Format_NeverShortens()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<int, int>((a, b) =>
        {
            var timeout = TimeSpan.FromTicks(Math.Abs((long)a) * (1 + Math.Abs((long)b % 1_000_000)));
            return TimeoutHeader.TryParse(TimeoutHeader.Format(timeout), out var parsed) && parsed >= timeout;
        }));
    }

    [Fact]
    public void StatusMessage_AnyText_RoundTripsInAscii()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
        {
            var valid = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Get));
            var encoded = StatusTrailers.EncodeMessage(valid);
            return encoded.All(c => c is >= ' ' and <= '~') && StatusTrailers.DecodeMessage(encoded) == valid;
        }));
    }
}
