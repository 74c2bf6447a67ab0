using System.Globalization;
using Agents.Durable.Gateway.Schedules;

namespace Agents.Durable.Gateway.Tests.Schedules;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("0 17 1 1 *", "UTC", "2026-06-01T00:00:00Z", "2027-01-01T17:00:00Z")]
    [InlineData("0 9 * * 1-5", "Europe/Berlin", "2030-01-04T08:00:00Z", "2030-01-07T08:00:00Z")]
    [InlineData("*/15 * * * *", "UTC", "2026-06-01T00:00:00Z", "2026-06-01T00:15:00Z")]
    [InlineData("5/20 * * * *", "UTC", "2026-06-01T00:26:00Z", "2026-06-01T00:45:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 * * sun", "UTC", "2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z")]
    [InlineData("0 0 * * 7", "UTC", "2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z")]
    [InlineData("0 0 13 * fri", "UTC", "2026-06-01T00:00:00Z", "2026-11-13T00:00:00Z")]
    [InlineData("@daily", "UTC", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")]
    // 02:30 does not exist on the day the clock goes forward, and comes twice on the day it goes back.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T02:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 25 10 *", "Europe/Berlin", "2026-10-24T02:00:00Z", "2026-10-25T00:30:00Z")]
    public void After_Expression_IsTheNextTimeOfTheZone(string expression, string zone, string after, string expected)
    {
        Assert.True(CronExpression.TryParse(expression, out var cron));

        var next = cron.After(Time(after), TimeZoneInfo.FindSystemTimeZoneById(zone)).First();

        Assert.Equal(Time(expected), next);
    }

    [Fact]
    public void After_DayThatNeverComes_Ends()
    {
        Assert.True(CronExpression.TryParse("0 0 31 2 *", out var cron));

        Assert.Empty(cron.After(Time("2026-01-01T00:00:00Z"), TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData("")]
    [InlineData("every day")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("-1 * * * *")]
    public void TryParse_NoExpression_IsFalse(string text)
    {
        Assert.False(CronExpression.TryParse(text, out _));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
