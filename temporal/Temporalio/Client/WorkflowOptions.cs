using System.Linq.Expressions;
using Temporalio.Api.Enums.V1;
using Temporalio.Common;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>Options of starting a workflow. <see cref="Id"/> and <see cref="TaskQueue"/> are required.</summary>
public class WorkflowOptions : ICloneable
{
    public WorkflowOptions()
    {
    }

    public WorkflowOptions(string id, string taskQueue)
    {
        Id = id;
        TaskQueue = taskQueue;
    }

    public string? Id { get; set; }

    public string? TaskQueue { get; set; }

    /// <summary>One line, for people.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Several lines, for people.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>Over all runs: retries, cron and continue-as-new included. Default: unlimited.</summary>
    public TimeSpan? ExecutionTimeout { get; set; }

    /// <summary>Of one run. Default: unlimited.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Of one workflow task. Default: 10 s.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Whether a closed workflow's id may be used again.</summary>
    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>What happens when a workflow of this id is running. Unspecified: the start fails.</summary>
    public WorkflowIdConflictPolicy IdConflictPolicy { get; set; }

    /// <summary>Default: no retries.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    public string? CronSchedule { get; set; }

    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Wait before the first workflow task.</summary>
    public TimeSpan? StartDelay { get; set; }

    /// <summary>Signals the workflow, and starts it first if it does not run.</summary>
    public string? StartSignal { get; set; }

    public IReadOnlyCollection<object?>? StartSignalArgs { get; set; }

    /// <summary>Hand the first task to a worker of this client if it has room.</summary>
    public bool RequestEagerStart { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public Priority? Priority { get; set; }

    public VersioningOverride? VersioningOverride { get; set; }

    /// <summary>Sets <see cref="StartSignal"/> and its arguments.</summary>
    public void SignalWithStart<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall)
    {
        var (method, args) = CallExpression.Extract(signalCall);
        SignalWithStart(WorkflowSignalDefinition.NameForCall(method), args);
    }

    /// <inheritdoc cref="SignalWithStart{TWorkflow}"/>
    public void SignalWithStart(string signal, IReadOnlyCollection<object?> args)
    {
        StartSignal = signal;
        StartSignalArgs = args;
    }

    public virtual object Clone()
    {
        var copy = (WorkflowOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
