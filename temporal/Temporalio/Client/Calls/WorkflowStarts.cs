using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client.Calls;

/// <summary>Starts of workflows, alone or with a signal.</summary>
internal sealed class WorkflowStarts(TemporalClient client)
{
    internal async Task<WorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(StartWorkflowInput input)
    {
        try
        {
            var runId = input.Options.StartSignal is null
                ? await StartAsync(input).ConfigureAwait(false)
                : await SignalWithStartAsync(input).ConfigureAwait(false);
            return new(client, input.Options.Id!, ResultRunId: runId, FirstExecutionRunId: runId);
        }
        catch (RpcException e) when (AlreadyStarted(e, input.Workflow, input.Options.Id!) is { } alreadyStarted)
        {
            throw alreadyStarted;
        }
    }

    /// <exception cref="ArgumentException">The options are incomplete.</exception>
    internal async Task<StartWorkflowExecutionRequest> RequestAsync(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options, IDictionary<string, Payload>? headers)
    {
        if (string.IsNullOrEmpty(options.Id))
        {
            throw new ArgumentException("ID required to start workflow");
        }
        if (string.IsNullOrEmpty(options.TaskQueue))
        {
            throw new ArgumentException("Task queue required to start workflow");
        }
        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, options.Id));
        return new()
        {
            Namespace = client.Options.Namespace,
            WorkflowId = options.Id,
            WorkflowType = new() { Name = workflow },
            TaskQueue = new() { Name = options.TaskQueue },
            Input = await Arguments.ToPayloadsAsync(converter, args).ConfigureAwait(false),
            WorkflowExecutionTimeout = options.ExecutionTimeout is { } execution ? Duration.FromTimeSpan(execution) : null,
            WorkflowRunTimeout = options.RunTimeout is { } run ? Duration.FromTimeSpan(run) : null,
            WorkflowTaskTimeout = options.TaskTimeout is { } task ? Duration.FromTimeSpan(task) : null,
            Identity = client.Connection.Options.Identity,
            RequestId = Guid.NewGuid().ToString(),
            WorkflowIdReusePolicy = options.IdReusePolicy,
            WorkflowIdConflictPolicy = options.IdConflictPolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? "",
            Memo = await Memos.ToProtoAsync(options.Memo, converter).ConfigureAwait(false),
            SearchAttributes = options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            Header = Arguments.ToHeader(headers),
            WorkflowStartDelay = options.StartDelay is { } delay ? Duration.FromTimeSpan(delay) : null,
            UserMetadata = await UserMetadataText.WriteAsync(options.StaticSummary, options.StaticDetails, converter).ConfigureAwait(false),
            VersioningOverride = options.VersioningOverride?.ToProto(),
            Priority = options.Priority?.ToProto(),
        };
    }

    /// <returns><see langword="null"/> if the error says something else.</returns>
    internal static WorkflowAlreadyStartedException? AlreadyStarted(RpcException e, string workflow, string id) =>
        e.Code == RpcException.StatusCode.AlreadyExists
            && e.SingleDetail<WorkflowExecutionAlreadyStartedFailure>() is { } detail
            ? new(e.Message, id, workflow, detail.RunId)
            : null;

    private async Task<string> StartAsync(StartWorkflowInput input)
    {
        var request = await RequestAsync(input.Workflow, input.Args, input.Options, input.Headers).ConfigureAwait(false);
        using var place = input.Options.RequestEagerStart
            ? (client.Connection as TemporalConnection)?.EagerStarts.TryReserve(request.Namespace, request.TaskQueue.Name)
            : null;
        request.RequestEagerExecution = place is not null;
        var response = await client.WorkflowService.StartWorkflowExecutionAsync(
            request, TemporalClient.DefaultRetryOptions(input.Options.Rpc)).ConfigureAwait(false);
        if (response.EagerWorkflowTask is { TaskToken.IsEmpty: false } task)
        {
            place?.Use(task);
        }

        return response.RunId;
    }

    private async Task<string> SignalWithStartAsync(StartWorkflowInput input)
    {
        var options = input.Options;
        if (options.RequestEagerStart)
        {
            throw new ArgumentException("Cannot request eager start with a start signal");
        }
        var start = await RequestAsync(input.Workflow, input.Args, options, input.Headers).ConfigureAwait(false);
        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, options.Id!));
        var request = new SignalWithStartWorkflowExecutionRequest
        {
            Namespace = start.Namespace,
            WorkflowId = start.WorkflowId,
            WorkflowType = start.WorkflowType,
            TaskQueue = start.TaskQueue,
            Input = start.Input,
            WorkflowExecutionTimeout = start.WorkflowExecutionTimeout,
            WorkflowRunTimeout = start.WorkflowRunTimeout,
            WorkflowTaskTimeout = start.WorkflowTaskTimeout,
            Identity = start.Identity,
            RequestId = start.RequestId,
            WorkflowIdReusePolicy = start.WorkflowIdReusePolicy,
            WorkflowIdConflictPolicy = start.WorkflowIdConflictPolicy,
            SignalName = options.StartSignal,
            SignalInput = await Arguments.ToPayloadsAsync(converter, options.StartSignalArgs ?? []).ConfigureAwait(false),
            RetryPolicy = start.RetryPolicy,
            CronSchedule = start.CronSchedule,
            Memo = start.Memo,
            SearchAttributes = start.SearchAttributes,
            Header = start.Header,
            WorkflowStartDelay = start.WorkflowStartDelay,
            UserMetadata = start.UserMetadata,
            VersioningOverride = start.VersioningOverride,
            Priority = start.Priority,
        };
        var response = await client.WorkflowService.SignalWithStartWorkflowExecutionAsync(
            request, TemporalClient.DefaultRetryOptions(options.Rpc)).ConfigureAwait(false);
        return response.RunId;
    }
}
