using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>The innermost inbound interceptor: from here on, the user's code.</summary>
internal sealed class ActivityInboundRoot(RunningActivity activity) : ActivityInboundInterceptor
{
    public override void Init(ActivityOutboundInterceptor outbound) => activity.SendHeartbeatsThrough(outbound);

    public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) => input.Activity.InvokeAsync(input.Args);
}

/// <summary>The innermost outbound interceptor: from here on, the core.</summary>
internal sealed class ActivityOutboundRoot(RunningActivity activity) : ActivityOutboundInterceptor
{
    public override void Heartbeat(HeartbeatInput input) => activity.Heartbeat(input.Details);
}
