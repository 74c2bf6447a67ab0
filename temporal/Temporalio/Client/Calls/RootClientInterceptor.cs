using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;

namespace Temporalio.Client.Calls;

/// <summary>The last interceptor: it makes the calls.</summary>
internal sealed class RootClientInterceptor(TemporalClient client) : ClientOutboundInterceptor
{
    private readonly WorkflowStarts _starts = new(client);
    private readonly WorkflowUpdates _updates = new(client);
    private readonly WorkflowCalls _workflows = new(client);
    private readonly AsyncActivityCalls _activities = new(client);
    private readonly ScheduleCalls _schedules = new(client);

    public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
        _starts.StartAsync<TWorkflow, TResult>(input);

    public override Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input) => _updates.StartWithStartAsync<TUpdateResult>(input, _starts);

    public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input) =>
        _updates.StartAsync<TResult>(input);

    public override Task SignalWorkflowAsync(SignalWorkflowInput input) => _workflows.SignalAsync(input);

    public override Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input) => _workflows.QueryAsync<TResult>(input);

    public override Task<WorkflowExecutionDescription> DescribeWorkflowAsync(DescribeWorkflowInput input) =>
        _workflows.DescribeAsync(input);

    public override Task CancelWorkflowAsync(CancelWorkflowInput input) => _workflows.CancelAsync(input);

    public override Task TerminateWorkflowAsync(TerminateWorkflowInput input) => _workflows.TerminateAsync(input);

    public override Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(FetchWorkflowHistoryEventPageInput input) =>
        _workflows.FetchHistoryPageAsync(input);

    public override IAsyncEnumerable<WorkflowExecution> ListWorkflowsAsync(ListWorkflowsInput input) => _workflows.ListAsync(input);

    public override Task<WorkflowExecutionCount> CountWorkflowsAsync(CountWorkflowsInput input) => _workflows.CountAsync(input);

    public override Task<WorkflowListPage> ListWorkflowsPaginatedAsync(ListWorkflowsPaginatedInput input) =>
        _workflows.ListPageAsync(input.Query, input.NextPageToken, input.Options?.PageSize ?? 0, input.Options?.Rpc);

    public override Task HeartbeatAsyncActivityAsync(HeartbeatAsyncActivityInput input) => _activities.HeartbeatAsync(input);

    public override Task CompleteAsyncActivityAsync(CompleteAsyncActivityInput input) => _activities.CompleteAsync(input);

    public override Task FailAsyncActivityAsync(FailAsyncActivityInput input) => _activities.FailAsync(input);

    public override Task ReportCancellationAsyncActivityAsync(ReportCancellationAsyncActivityInput input) =>
        _activities.ReportCancellationAsync(input);

    public override Task<ScheduleHandle> CreateScheduleAsync(CreateScheduleInput input) => _schedules.CreateAsync(input);

    public override IAsyncEnumerable<ScheduleListDescription> ListSchedulesAsync(ListSchedulesInput input) => _schedules.ListAsync(input);

    public override Task BackfillScheduleAsync(BackfillScheduleInput input) => _schedules.BackfillAsync(input);

    public override Task DeleteScheduleAsync(DeleteScheduleInput input) => _schedules.DeleteAsync(input);

    public override Task<ScheduleDescription> DescribeScheduleAsync(DescribeScheduleInput input) => _schedules.DescribeAsync(input);

    public override Task PauseScheduleAsync(PauseScheduleInput input) => _schedules.PauseAsync(input);

    public override Task TriggerScheduleAsync(TriggerScheduleInput input) => _schedules.TriggerAsync(input);

    public override Task UnpauseScheduleAsync(UnpauseScheduleInput input) => _schedules.UnpauseAsync(input);

    public override Task UpdateScheduleAsync(UpdateScheduleInput input) => _schedules.UpdateAsync(input);
}
