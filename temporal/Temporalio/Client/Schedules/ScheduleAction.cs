using System.Linq.Expressions;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;
using ProtoAction = Temporalio.Api.Schedule.V1.ScheduleAction;
using RetryPolicy = Temporalio.Common.RetryPolicy;
using Priority = Temporalio.Common.Priority;

namespace Temporalio.Client.Schedules;

/// <summary>What a schedule does.</summary>
public abstract record ScheduleAction
{
    private protected ScheduleAction()
    {
    }

    internal static ScheduleAction FromProto(ProtoAction proto, string clientNamespace, DataConverter converter) =>
        proto.StartWorkflow is { } start
            ? ScheduleActionStartWorkflow.FromProto(start, clientNamespace, converter)
            : throw new InvalidOperationException($"Unsupported action: {proto.ActionCase}");

    internal abstract Task<ProtoAction> ToProtoAsync(string clientNamespace, DataConverter converter);
}

/// <summary>
/// Starts a workflow. The server appends the due time to the id. An action that was described has arguments, memo and headers as
/// <see cref="IEncodedRawValue"/>, which go back to the server untouched.
/// </summary>
public record ScheduleActionStartWorkflow(
    string Workflow,
    IReadOnlyCollection<object?> Args,
    WorkflowOptions Options,
    IReadOnlyDictionary<string, IEncodedRawValue>? Headers = null) : ScheduleAction
{
    public static ScheduleActionStartWorkflow Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.Extract(workflowRunCall);
        return Create(WorkflowDefinition.NameForCall(method), args, options);
    }

    public static ScheduleActionStartWorkflow Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.Extract(workflowRunCall);
        return Create(WorkflowDefinition.NameForCall(method), args, options);
    }

    public static ScheduleActionStartWorkflow Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) => new(workflow, args, options);

    internal static ScheduleActionStartWorkflow FromProto(
        NewWorkflowExecutionInfo proto, string clientNamespace, DataConverter clientConverter)
    {
        var converter = Bind(clientConverter, clientNamespace, proto.WorkflowId);
        var options = new WorkflowOptions(proto.WorkflowId, proto.TaskQueue.Name)
        {
            ExecutionTimeout = proto.WorkflowExecutionTimeout?.ToTimeSpan(),
            RunTimeout = proto.WorkflowRunTimeout?.ToTimeSpan(),
            TaskTimeout = proto.WorkflowTaskTimeout?.ToTimeSpan(),
            RetryPolicy = proto.RetryPolicy is { } policy ? RetryPolicy.FromProto(policy) : null,
            Memo = proto.Memo is { } memo
                ? Memos.ToRawValues(memo, converter).ToDictionary(p => p.Key, p => (object)p.Value)
                : null,
            TypedSearchAttributes = proto.SearchAttributes is { } attributes
                ? SearchAttributeCollection.FromProto(attributes)
                : SearchAttributeCollection.Empty,
            Priority = Priority.FromProto(proto.Priority),
        };
        if (proto.UserMetadata is { } metadata)
        {
            // Left encoded by the server's answer; the text is of use to people only, who see it in the workflows themselves.
            options.StaticSummary = Text(metadata.Summary, converter);
            options.StaticDetails = Text(metadata.Details, converter);
        }
        return new(
            proto.WorkflowType.Name,
            [.. (proto.Input?.Payloads_ ?? []).Select(p => (object?)new EncodedRawValue(converter, p))],
            options,
            proto.Header?.Fields.ToDictionary(p => p.Key, p => (IEncodedRawValue)new EncodedRawValue(converter, p.Value)));
    }

    internal override async Task<ProtoAction> ToProtoAsync(string clientNamespace, DataConverter converter)
    {
        if (string.IsNullOrEmpty(Options.Id) || string.IsNullOrEmpty(Options.TaskQueue))
        {
            throw new ArgumentException("ID and task queue required on workflow action");
        }
        if (Options.CronSchedule is not null || Options.StartSignal is not null || Options.StartDelay is not null)
        {
            throw new ArgumentException("A workflow action can have neither cron, start delay nor start signal");
        }
        converter = Bind(converter, clientNamespace, Options.Id);
        var start = new NewWorkflowExecutionInfo
        {
            WorkflowId = Options.Id,
            WorkflowType = new() { Name = Workflow },
            TaskQueue = new() { Name = Options.TaskQueue },
            Input = await InputAsync(converter).ConfigureAwait(false),
            WorkflowExecutionTimeout = Options.ExecutionTimeout is { } execution ? Duration.FromTimeSpan(execution) : null,
            WorkflowRunTimeout = Options.RunTimeout is { } run ? Duration.FromTimeSpan(run) : null,
            WorkflowTaskTimeout = Options.TaskTimeout is { } task ? Duration.FromTimeSpan(task) : null,
            RetryPolicy = Options.RetryPolicy?.ToProto(),
            Memo = await Memos.ToProtoAsync(Options.Memo, converter).ConfigureAwait(false),
            SearchAttributes = Options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            UserMetadata = await UserMetadataText.WriteAsync(Options.StaticSummary, Options.StaticDetails, converter).ConfigureAwait(false),
            VersioningOverride = Options.VersioningOverride?.ToProto(),
            Priority = Options.Priority?.ToProto(),
        };
        if (Headers is { Count: > 0 } headers)
        {
            start.Header = new();
            foreach (var (name, value) in headers)
            {
                start.Header.Fields[name] = value.Payload;
            }
        }
        return new() { StartWorkflow = start };
    }

    private static DataConverter Bind(DataConverter converter, string ns, string workflowId) =>
        converter.WithSerializationContext(new ISerializationContext.Workflow(ns, workflowId));

    private static string? Text(Payload? payload, DataConverter converter) =>
        payload is null || converter.PayloadCodec is not null ? null : converter.PayloadConverter.ToValue<string>(payload);

    private async Task<Payloads?> InputAsync(DataConverter converter)
    {
        if (Args.Count == 0)
        {
            return null;
        }
        var input = new Payloads();
        foreach (var arg in Args)
        {
            input.Payloads_.Add(arg is IEncodedRawValue raw
                ? raw.Payload
                : await converter.ToPayloadAsync(arg).ConfigureAwait(false));
        }
        return input;
    }
}
