using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Tests.Converters;

public class FailureConverterTests
{
    [Fact]
    public async Task ToFailure_ApplicationFailure_ComesBackWhole()
    {
        var thrown = new ApplicationFailureException(
            "message", new InvalidOperationException("inner"), "MyType", true, [1, "two"], TimeSpan.FromSeconds(3), ApplicationErrorCategory.Benign);

        var failure = await DataConverter.Default.ToFailureAsync(thrown);
        var back = Assert.IsType<ApplicationFailureException>(await DataConverter.Default.ToExceptionAsync(failure));

        Assert.Equal("message", back.Message);
        Assert.Equal("MyType", back.ErrorType);
        Assert.True(back.NonRetryable);
        Assert.Equal(2, back.Details.Count);
        Assert.Equal(1, back.Details.ElementAt<int>(0));
        Assert.Equal("two", back.Details.ElementAt<string>(1));
        Assert.Equal(TimeSpan.FromSeconds(3), back.NextRetryDelay);
        Assert.Equal(ApplicationErrorCategory.Benign, back.Category);
        var inner = Assert.IsType<ApplicationFailureException>(back.InnerException);
        Assert.Equal("InvalidOperationException", inner.ErrorType);
        Assert.Equal("inner", inner.Message);
    }

    [Fact]
    public async Task ToFailure_ForeignException_HasShortTypeNameStackAndNoSource()
    {
        Exception thrown;
        try
        {
            throw new ArgumentException("bad");
        }
        catch (ArgumentException e)
        {
            thrown = e;
        }

        var failure = await DataConverter.Default.ToFailureAsync(thrown);

        Assert.Equal("ArgumentException", failure.ApplicationFailureInfo.Type);
        Assert.Equal("bad", failure.Message);
        Assert.Equal("", failure.Source);
        Assert.Contains(nameof(ToFailure_ForeignException_HasShortTypeNameStackAndNoSource), failure.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToFailure_Cancellation_IsACanceledFailure()
    {
        var failure = await DataConverter.Default.ToFailureAsync(new OperationCanceledException("gone"));

        Assert.NotNull(failure.CanceledFailureInfo);
        Assert.True(TemporalException.IsCanceledException(await DataConverter.Default.ToExceptionAsync(failure)));
    }

    [Fact]
    public async Task ToFailure_ExceptionOfAFailure_IsThatFailure()
    {
        var failure = new Failure
        {
            Message = "activity",
            Source = "GoSDK",
            ActivityFailureInfo = new() { ActivityId = "a", ActivityType = new() { Name = "T" }, RetryState = RetryState.MaximumAttemptsReached },
            Cause = new() { Message = "timeout", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.Heartbeat } },
        };

        var exception = await DataConverter.Default.ToExceptionAsync(failure);

        Assert.Equal(failure, await DataConverter.Default.ToFailureAsync(exception));
        Assert.Equal("T", Assert.IsType<ActivityFailureException>(exception).ActivityType);
        Assert.Equal(TimeoutType.Heartbeat, Assert.IsType<TimeoutFailureException>(exception.InnerException).TimeoutType);
    }

    [Fact]
    public async Task ToFailure_EncodedCommonAttributes_LeaveNothingReadable()
    {
        var converter = DataConverter.Default with
        {
            FailureConverter = new DefaultFailureConverter.WithEncodedCommonAttributes(),
            PayloadCodec = new ReversingCodec(),
        };

        var failure = await converter.ToFailureAsync(new ApplicationFailureException("secret", new ArgumentException("secret cause"), details: ["secret detail"]));

        Assert.Equal("Encoded failure", failure.Message);
        Assert.Equal("", failure.StackTrace);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        var back = Assert.IsType<ApplicationFailureException>(await converter.ToExceptionAsync(failure));
        Assert.Equal("secret", back.Message);
        Assert.Equal("secret cause", back.InnerException!.Message);
        Assert.Equal("secret detail", back.Details.ElementAt<string>(0));
    }

    [Fact]
    public async Task ToException_WithCodec_LeavesTheCallersMessageAlone()
    {
        var converter = DataConverter.Default with { PayloadCodec = new ReversingCodec() };
        var failure = await converter.ToFailureAsync(new ApplicationFailureException("m", details: ["d"]));
        var before = failure.Clone();

        await converter.ToExceptionAsync(failure);

        Assert.Equal(before, failure);
    }
}
