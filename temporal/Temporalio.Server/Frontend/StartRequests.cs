using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Schedules;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

/// <summary>A start request as the first event it leads to.</summary>
internal static class StartRequests
{
    private static readonly TimeSpan s_defaultTaskTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_maxTaskTimeout = TimeSpan.FromSeconds(120);

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static void Check(Engine engine, StartWorkflowExecutionRequest request)
    {
        CheckId(engine, request);
        CheckRest(engine, request);
    }

    /// <summary>The part of the check that comes before anything else a call may want: the namespace and the workflow's id.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static void CheckId(Engine engine, StartWorkflowExecutionRequest request)
    {
        if (engine.Namespaces.Require(request.Namespace).State == NamespaceState.Deprecated)
        {
            throw Faults.NamespaceDeprecated(request.Namespace);
        }

        if (request.RequestId.Length == 0)
        {
            request.RequestId = engine.Ids.NewId();
        }

        if (request.WorkflowId.Length == 0)
        {
            throw Faults.Invalid("WorkflowId is not set on request.");
        }

        if (Requests.TooLong(request.WorkflowId))
        {
            throw Requests.IdTooLong(request.WorkflowId);
        }
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckRest(Engine engine, StartWorkflowExecutionRequest request)
    {
        if (Requests.TooLong(request.RequestId))
        {
            throw Faults.Invalid("RequestId length exceeds limit.");
        }

        if (request.WorkflowType is null || request.WorkflowType.Name.Length == 0)
        {
            throw Faults.Invalid("WorkflowType is not set on request.");
        }

        if (Requests.TooLong(request.WorkflowType.Name))
        {
            throw Faults.Invalid("WorkflowType length exceeds limit.");
        }

        Requests.CheckTaskQueue(request.TaskQueue);
        CheckTimeout(request.WorkflowExecutionTimeout, "WorkflowExecutionTimeout");
        CheckTimeout(request.WorkflowRunTimeout, "WorkflowRunTimeout");
        CheckTimeout(request.WorkflowTaskTimeout, "WorkflowTaskTimeout");
        CheckTimeout(request.WorkflowStartDelay, "WorkflowStartDelay");
        CheckCallbacks(request);
        Links.Check(request.Links);
        SizeLimits.Check(request.Input);
        SizeLimits.CheckMemo(request.Memo);
        Priorities.Check(request.Priority);
        if (request.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(request.RetryPolicy)) is { } policy)
        {
            throw Faults.Invalid(policy);
        }

        if (request.CronSchedule.Length > 0)
        {
            CheckCron(engine, request);
        }

        if (SearchAttributeCheck.Problem(engine.SearchAttributes, request.Namespace, request.SearchAttributes) is { } problem)
        {
            throw Faults.Invalid(problem);
        }
    }

    /// <summary>What the request's run starts with.</summary>
    public static RunSeed Seed(ActorStep actor, StartWorkflowExecutionRequest request)
    {
        var backoff = FirstBackoff.Of(request.CronSchedule, request.WorkflowStartDelay.ToSpan(), actor.Now);
        var runTimeout = request.WorkflowRunTimeout;
        if (request.WorkflowExecutionTimeout.IsSet() && (!runTimeout.IsSet() || runTimeout.ToSpan() > request.WorkflowExecutionTimeout.ToSpan()))
        {
            runTimeout = request.WorkflowExecutionTimeout;
        }

        return new RunSeed
        {
            RequestId = request.RequestId,
            UserMetadata = request.UserMetadata,
            Links = request.Links,
            Backoff = backoff,
            Start = new WorkflowExecutionStartedEventAttributes
            {
                WorkflowType = request.WorkflowType,
                TaskQueue = new() { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
                Input = request.Input,
                WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
                WorkflowRunTimeout = runTimeout,
                WorkflowTaskTimeout = TaskTimeout(request.WorkflowTaskTimeout, runTimeout),
                Identity = request.Identity,
                RetryPolicy = request.RetryPolicy is null ? null : RetryPolicies.Filled(request.RetryPolicy),
                CronSchedule = request.CronSchedule,
                Initiator = request.CronSchedule.Length > 0 ? ContinueAsNewInitiator.CronSchedule : ContinueAsNewInitiator.Unspecified,
                FirstWorkflowTaskBackoff = backoff.ToProto(),
                Memo = request.Memo,
                SearchAttributes = SearchAttributeCheck.Typed(actor.Engine.SearchAttributes, request.Namespace, request.SearchAttributes),
                Header = request.Header,
                Priority = request.Priority,
                ContinuedFailure = request.ContinuedFailure,
                LastCompletionResult = request.LastCompletionResult,
                VersioningOverride = WorkflowOptions.Written(request.VersioningOverride),
                EagerExecutionAccepted = request.RequestEagerExecution && backoff <= TimeSpan.Zero,
            },
        };
    }

    /// <summary>A workflow task's time-out: at most two minutes, and no longer than the run.</summary>
    public static Duration TaskTimeout(Duration? requested, Duration? runTimeout)
    {
        var timeout = requested.IsSet() ? requested.ToSpan() : s_defaultTaskTimeout;
        timeout = timeout < s_maxTaskTimeout ? timeout : s_maxTaskTimeout;
        return (runTimeout.IsSet() && runTimeout.ToSpan() < timeout ? runTimeout.ToSpan() : timeout).ToProto();
    }

    private static void CheckCron(Engine engine, StartWorkflowExecutionRequest request)
    {
        if (!CronSpec.TryParse(request.CronSchedule, out var cron))
        {
            throw Faults.Invalid("invalid CronSchedule.");
        }

        if (request.WorkflowStartDelay.IsSet())
        {
            throw Faults.Invalid("CronSchedule and WorkflowStartDelay may not be used together.");
        }

        if (cron.Next(engine.Time.GetUtcNow()) is null)
        {
            throw Faults.Invalid("invalid CronSchedule, no time can be found to satisfy the schedule");
        }
    }

    private static void CheckCallbacks(StartWorkflowExecutionRequest request)
    {
        foreach (var callback in request.CompletionCallbacks)
        {
            if (callback.Nexus is not { } nexus)
            {
                throw new Rpc.RpcFault(Rpc.RpcStatusCode.Unimplemented, $"unknown callback variant: {(callback.VariantCase == Api.Common.V1.Callback.VariantOneofCase.None ? "<nil>" : $"*common.Callback_{callback.VariantCase}_")}");
            }

            if (!Uri.TryCreate(nexus.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                throw Faults.Invalid($"invalid url: unknown scheme: {nexus.Url.Replace(" ", "%20", StringComparison.Ordinal)}");
            }
        }
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: the time is negative.</exception>
    public static void CheckTimeout(Duration? timeout, string name)
    {
        if (timeout.ToSpan() < TimeSpan.Zero)
        {
            throw Faults.Invalid($"An invalid {name}Seconds is set on request. cause: negative duration");
        }
    }
}
