namespace Agents.Durable.Gateway.Tests;

/// <summary>The machine's clock, and what the test says has passed beside.</summary>
internal sealed class AdvancedClock : TimeProvider
{
    public TimeSpan Passed { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Passed;
}
