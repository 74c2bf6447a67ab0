using Temporalio.Bridge.Api.ChildWorkflow;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;
using ProtoCancellationType = Temporalio.Bridge.Api.ChildWorkflow.ChildWorkflowCancellationType;
using ProtoParentClosePolicy = Temporalio.Bridge.Api.ChildWorkflow.ParentClosePolicy;
using ProtoVersioningIntent = Temporalio.Bridge.Api.Common.VersioningIntent;

namespace Temporalio.Worker.Instance;

/// <summary>The child workflows of one run: first their start resolves, then their end.</summary>
internal sealed class Children(WorkflowInstance instance)
{
    private readonly Dictionary<uint, ChildState> _pending = [];
    private uint _last;

    public Task<ChildWorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(StartChildWorkflowInput input)
    {
        var token = input.Options.CancellationToken ?? instance.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException<ChildWorkflowHandle<TWorkflow, TResult>>(new CanceledFailureException("Child cancelled before scheduled"));
        }

        var id = input.Options.Id ?? Workflow.NewGuid().ToString();
        var seq = ++_last;
        var converter = instance.Converters.BindChild(seq, new(instance.Info.Namespace, id));
        instance.AddCommand(new()
        {
            StartChildWorkflowExecution = Command(input, seq, id, converter.PayloadConverter),
            UserMetadata = instance.Metadata(input.Options.StaticSummary, input.Options.StaticDetails),
        });
        var child = new ChildState(instance, seq, id, converter);
        _pending.Add(seq, child);
        child.CancelledBy(token);
        return instance.Traces.Track(StartedAsync<TWorkflow, TResult>(child));
    }

    public void ResolveStart(ResolveChildWorkflowExecutionStart job)
    {
        if (!_pending.TryGetValue(job.Seq, out var child))
        {
            return;
        }

        if (!child.ResolveStart(job))
        {
            _pending.Remove(job.Seq);
        }
    }

    public void Resolve(ResolveChildWorkflowExecution job)
    {
        if (_pending.Remove(job.Seq, out var child))
        {
            child.Resolve(job.Result);
        }
    }

    private async Task<ChildWorkflowHandle<TWorkflow, TResult>> StartedAsync<TWorkflow, TResult>(ChildState child)
    {
        var runId = await child.Started;
        return new ChildHandle<TWorkflow, TResult>(instance, child, runId);
    }

    private StartChildWorkflowExecution Command(StartChildWorkflowInput input, uint seq, string id, IPayloadConverter converter)
    {
        var options = input.Options;
        var command = new StartChildWorkflowExecution
        {
            Seq = seq,
            Namespace = instance.Info.Namespace,
            WorkflowId = id,
            WorkflowType = input.Workflow,
            TaskQueue = options.TaskQueue ?? instance.Info.TaskQueue,
            Input = { converter.ToPayloads(input.Args) },
            WorkflowExecutionTimeout = options.ExecutionTimeout?.ToDuration(),
            WorkflowRunTimeout = options.RunTimeout?.ToDuration(),
            WorkflowTaskTimeout = options.TaskTimeout?.ToDuration(),
            ParentClosePolicy = (ProtoParentClosePolicy)options.ParentClosePolicy,
            WorkflowIdReusePolicy = options.IdReusePolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? string.Empty,
            SearchAttributes = options.TypedSearchAttributes?.ToProto(),
            CancellationType = (ProtoCancellationType)options.CancellationType,
            Priority = options.Priority?.ToProto(),
#pragma warning disable CS0618 // Obsolete, still carried to the server.
            VersioningIntent = (ProtoVersioningIntent)options.VersioningIntent,
#pragma warning restore CS0618
        };
        command.Headers.AddAll(input.Headers);
        command.Memo.AddAll(options.Memo?.Select(m => KeyValuePair.Create(m.Key, converter.ToPayload(m.Value))));
        return command;
    }
}
