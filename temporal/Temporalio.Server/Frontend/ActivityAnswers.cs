using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

/// <summary>A worker's answers to activity tasks, whichever way the activity is named.</summary>
internal static class ActivityAnswers
{
    public static Task<bool> CompleteAsync(Engine engine, ActivityTarget target, Payloads? result, string identity, WorkerVersionStamp? version = null) =>
        engine.Actors.CallAsync(target.Workflow, target.RunId, actor =>
        {
            var (step, activity) = target.Find(actor, startIfNeeded: true);
            activity.AnsweredBy = version;
            if (activity.Identity.Length == 0)
            {
                activity.Identity = identity;
            }

            if (SizeLimits.Exceeds(result))
            {
                ActivityLifecycle.Fail(step, activity, SizeLimits.Failure("Complete result exceeds size limit."), identity, RetryState.NonRetryableFailure);
                return true;
            }

            ActivityLifecycle.Complete(step, activity, result, identity);
            return true;
        });

    public static Task<bool> FailAsync(Engine engine, ActivityTarget target, Failure? failure, Payloads? lastHeartbeat, string identity, WorkerVersionStamp? version = null)
    {
        if (failure is not null && failure.FailureInfoCase != Failure.FailureInfoOneofCase.ApplicationFailureInfo)
        {
            throw Faults.Invalid("Failure must have ApplicationFailureInfo.");
        }

        return engine.Actors.CallAsync(target.Workflow, target.RunId, actor =>
        {
            var (step, activity) = target.Find(actor);
            activity.AnsweredBy = version;
            if (lastHeartbeat is not null)
            {
                activity.HeartbeatDetails = lastHeartbeat;
                activity.LastHeartbeatTime = step.Now;
            }

            if (failure is not null && SizeLimits.Exceeds(failure))
            {
                failure = SizeLimits.Failure("Failure exceeds size limit.");
            }

            if (activity.CancelRequested)
            {
                ActivityLifecycle.Fail(step, activity, failure, identity, RetryState.CancelRequested);
                return true;
            }

            var (delay, state) = ActivityRetries.Decide(activity.RetryPolicy, activity.Attempt, failure, activity.Expiration, step.Now);
            if (state == RetryState.InProgress)
            {
                ActivityLifecycle.Retry(step, activity, SizeLimits.Truncated(failure), delay);
            }
            else
            {
                ActivityLifecycle.Fail(step, activity, failure, identity, state);
            }

            return true;
        });
    }

    public static Task<bool> CancelAsync(Engine engine, ActivityTarget target, Payloads? details, string identity) =>
        engine.Actors.CallAsync(target.Workflow, target.RunId, actor =>
        {
            var (step, activity) = target.Find(actor);
            if (!activity.CancelRequested)
            {
                throw Faults.Invalid("unable to mark activity as canceled without activity being request canceled first");
            }

            ActivityLifecycle.Cancel(step, activity, details, identity);
            return true;
        });

    /// <summary>Takes a sign of life, and says what the worker has to know.</summary>
    public static Task<ActivityNotice> HeartbeatAsync(Engine engine, ActivityTarget target, Payloads? details) =>
        engine.Actors.CallAsync(target.Workflow, target.RunId, actor =>
        {
            var (step, activity) = target.Find(actor);
            if (SizeLimits.Exceeds(details))
            {
                ActivityLifecycle.Fail(step, activity, SizeLimits.Failure("Heartbeat details exceed size limit."), activity.Identity, RetryState.NonRetryableFailure);
                return new ActivityNotice(true, false, false);
            }

            // Not worth a commit: it is written with whatever comes next, or when the actors are looked over.
            step.Run.HasUnwritten = true;
            activity.HeartbeatDetails = details;
            activity.LastHeartbeatTime = step.Now;
            ActivityDeadlines.Watch(step, activity);
            return new ActivityNotice(activity.CancelRequested, activity.IsPaused, activity.ResetRequested);
        });
}

/// <summary>What a heartbeat's answer tells the worker.</summary>
internal readonly record struct ActivityNotice(bool CancelRequested, bool Paused, bool Reset);
