using Temporalio.Api.Failure.V1;
using Temporalio.Worker.Core.LocalActivities;

namespace Temporalio.Tests.Core;

public sealed class LocalActivityResolutionTests
{
    [Fact]
    public void Of_Failure_IsNotTheOneThatTheMarkerKeeps()
    {
        var failure = new Failure { Message = "encoded", EncodedAttributes = new() };
        var result = new LocalActivityResult { Outcome = LocalActivityOutcome.Failed, Failure = failure };

        var resolution = LocalActivityResolution.Of(result, new() { ActivityId = "1", ActivityType = "type" });
        resolution.Failed.Failure_.EncodedAttributes = null;

        Assert.Equal("encoded", resolution.Failed.Failure_.Message);
        Assert.NotNull(failure.EncodedAttributes);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(3, 50)]
    public void Next_GrowsUpToTheMaximum(int attempt, int milliseconds)
    {
        var policy = new Temporalio.Api.Common.V1.RetryPolicy
        {
            InitialInterval = new() { Nanos = 20_000_000 },
            BackoffCoefficient = 2,
            MaximumInterval = new() { Nanos = 50_000_000 },
        };

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), LocalRetry.Next(policy, (uint)attempt, new()));
    }
}
