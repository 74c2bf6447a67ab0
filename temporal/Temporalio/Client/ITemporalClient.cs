using System.Linq.Expressions;
using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;
using Temporalio.Worker;

namespace Temporalio.Client;

/// <summary>A client of one namespace. Thread-safe, and meant to be shared.</summary>
public interface ITemporalClient : IWorkerClient
{
    ITemporalConnection Connection { get; }

    /// <summary>The first interceptor, through which all calls of the client go.</summary>
    ClientOutboundInterceptor OutboundInterceptor { get; }

    WorkflowService WorkflowService { get; }

    OperatorService OperatorService { get; }

    /// <summary>Starts a workflow.</summary>
    /// <exception cref="ArgumentException">The options are incomplete or the call is no call of a workflow.</exception>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is taken.</exception>
    Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options);

    /// <inheritdoc cref="StartWorkflowAsync{TWorkflow, TResult}"/>
    Task<WorkflowHandle<TWorkflow>> StartWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options);

    /// <inheritdoc cref="StartWorkflowAsync{TWorkflow, TResult}"/>
    Task<WorkflowHandle> StartWorkflowAsync(string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options);

    /// <summary>A handle of a workflow that exists. Nothing is checked.</summary>
    WorkflowHandle GetWorkflowHandle(string id, string? runId = null, string? firstExecutionRunId = null);

    /// <inheritdoc cref="GetWorkflowHandle"/>
    WorkflowHandle<TWorkflow> GetWorkflowHandle<TWorkflow>(string id, string? runId = null, string? firstExecutionRunId = null);

    /// <inheritdoc cref="GetWorkflowHandle"/>
    WorkflowHandle<TWorkflow, TResult> GetWorkflowHandle<TWorkflow, TResult>(
        string id, string? runId = null, string? firstExecutionRunId = null);

    /// <summary>Sends an update and starts the workflow first if it does not run, as one step.</summary>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">It runs, and the conflict policy is to fail.</exception>
    Task<WorkflowUpdateHandle> StartUpdateWithStartWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowStartUpdateWithStartOptions options);

    /// <inheritdoc cref="StartUpdateWithStartWorkflowAsync{TWorkflow}"/>
    Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowStartUpdateWithStartOptions options);

    /// <inheritdoc cref="StartUpdateWithStartWorkflowAsync{TWorkflow}"/>
    Task<WorkflowUpdateHandle> StartUpdateWithStartWorkflowAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowStartUpdateWithStartOptions options);

    /// <inheritdoc cref="StartUpdateWithStartWorkflowAsync{TWorkflow}"/>
    Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowStartUpdateWithStartOptions options);

    /// <summary>Lists workflows by a visibility query; an empty one lists all.</summary>
    IAsyncEnumerable<WorkflowExecution> ListWorkflowsAsync(string query, WorkflowListOptions? options = null);

    Task<WorkflowExecutionCount> CountWorkflowsAsync(string query, WorkflowCountOptions? options = null);

    /// <param name="query">A visibility query.</param>
    /// <param name="nextPageToken">Of the page before; <see langword="null"/> for the first one.</param>
    /// <param name="options">Options.</param>
    Task<WorkflowListPage> ListWorkflowsPaginatedAsync(
        string query, byte[]? nextPageToken, WorkflowListPaginatedOptions? options = null);

    /// <summary>A handle of an activity that is completed from outside.</summary>
    AsyncActivityHandle GetAsyncActivityHandle(byte[] taskToken);

    /// <inheritdoc cref="GetAsyncActivityHandle(byte[])"/>
    AsyncActivityHandle GetAsyncActivityHandle(string workflowId, string? runId, string activityId);

    /// <exception cref="Exceptions.ScheduleAlreadyRunningException">The id is taken.</exception>
    Task<ScheduleHandle> CreateScheduleAsync(string scheduleId, Schedule schedule, ScheduleOptions? options = null);

    /// <summary>A handle of a schedule that exists. Nothing is checked.</summary>
    ScheduleHandle GetScheduleHandle(string scheduleId);

    IAsyncEnumerable<ScheduleListDescription> ListSchedulesAsync(ScheduleListOptions? options = null);
}
