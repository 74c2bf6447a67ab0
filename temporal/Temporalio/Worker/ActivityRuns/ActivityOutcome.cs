using Temporalio.Activities;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Invocation;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>Which end of an activity becomes which result.</summary>
internal static class ActivityOutcome
{
    public static ActivityExecutionResult OfFailure(RunningActivity activity, Exception e)
    {
        if (e is CompleteAsyncException)
        {
            return new() { WillCompleteAsync = new() };
        }

        if (activity.CancelRequested && TemporalException.IsCanceledException(e))
        {
            switch (activity.Context.CancelReason)
            {
                case ActivityCancelReason.Paused:
                    return Failed(activity, new ApplicationFailureException("Activity paused", e, "ActivityPause"));
                case ActivityCancelReason.Reset:
                    return Failed(activity, new ApplicationFailureException("Activity reset", e, "ActivityReset"));
                default:
                    return new() { Cancelled = new() { Failure = new() { Message = "Cancelled", CanceledFailureInfo = new() } } };
            }
        }

        return Failed(activity, e);
    }

    public static ActivityExecutionResult Failed(DataConverter converter, Exception e)
    {
        Api.Failure.V1.Failure failure;
        try
        {
            failure = converter.FailureConverter.ToFailure(e, converter.PayloadConverter);
        }
        catch (Exception unwritable)
        {
            failure = PlainFailure.Of(unwritable);
        }

        // The server takes no other kind from an activity; without this, a cancellation nobody asked for would end as a time-out.
        if (failure.FailureInfoCase != Api.Failure.V1.Failure.FailureInfoOneofCase.ApplicationFailureInfo)
        {
            failure = new()
            {
                Message = failure.Message,
                StackTrace = failure.StackTrace,
                ApplicationFailureInfo = new() { Type = e.GetType().Name },
                Cause = failure,
            };
        }

        return new() { Failed = new() { Failure_ = failure } };
    }

    private static ActivityExecutionResult Failed(RunningActivity activity, Exception e) => Failed(activity.Converter, e);
}
