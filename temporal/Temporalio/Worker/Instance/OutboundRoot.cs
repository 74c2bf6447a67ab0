using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>The innermost outbound interceptor: from here on, commands.</summary>
internal sealed class OutboundRoot(WorkflowInstance instance) : WorkflowOutboundInterceptor
{
    public override Task CancelExternalWorkflowAsync(CancelExternalWorkflowInput input) => instance.ExternalCancels.RequestAsync(input);

    public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) => new(input);

    public override Task DelayAsync(DelayAsyncInput input) => instance.Timers.DelayAsync(input);

    public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) => instance.Activities.ScheduleAsync<TResult>(input);

    public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input) =>
        instance.LocalActivities.ScheduleAsync<TResult>(input);

    public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input) => instance.ExternalSignals.SendToChildAsync(input);

    public override Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input) => instance.ExternalSignals.SendAsync(input);

    public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(StartChildWorkflowInput input) =>
        instance.Children.StartAsync<TWorkflow, TResult>(input);
}
