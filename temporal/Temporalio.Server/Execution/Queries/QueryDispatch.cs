using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Queries;

/// <summary>
/// Where a query goes: on the workflow task that is pending, so that its answer knows what that task brings about, or to a worker
/// directly when nothing is pending.
/// </summary>
internal static class QueryDispatch
{
    private const int FailingAttempt = 3;

    /// <summary>Sends the query on its way.</summary>
    /// <exception cref="RpcFault">FAILED_PRECONDITION: no worker could answer it before the caller gives up.</exception>
    public static PendingQuery Ask(RunStep step, WorkflowQuery request, DateTimeOffset? deadline)
    {
        var run = step.Run;
        var query = new PendingQuery(step.Engine.Ids.NewId(), request);
        if (!run.IsOpen)
        {
            if (run.Task.LastCompletedStartedId == 0)
            {
                throw Faults.NotReady("Workflow execution closed before WorkflowTaskStarted event");
            }

            Directly(step, query);
            return query;
        }

        if (run.Info.AwaitsFirstTask && deadline is { } end && run.Info.ExecutionTime > end)
        {
            throw Faults.NotReady("Workflow task is not scheduled yet.");
        }

        if (run.Task.Attempt >= FailingAttempt)
        {
            throw Faults.NotReady("Unable to query workflow due to Workflow Task in failed state.");
        }

        if (run.Task.IsPending || run.Task.LastCompletedStartedId == 0)
        {
            run.Queries.Attach(query);
        }
        else
        {
            Directly(step, query);
        }

        return query;
    }

    /// <summary>No task is pending that the attached queries could ride on.</summary>
    public static void DispatchAttached(RunStep step)
    {
        if (step.Run.Queries.Attached.Count == 0)
        {
            return;
        }

        foreach (var query in step.Run.Queries.Attached.ToArray())
        {
            step.Run.Queries.Remove(query);
            Directly(step, query);
        }
    }

    /// <summary>The worker that has the workflow in memory did not come for the query: any other may answer it.</summary>
    public static void LeaveSticky(RunStep step, PendingQuery query)
    {
        if (!query.Sent && step.Run.Queries.FindDirect(query.Id) is not null)
        {
            WorkflowTasks.ClearSticky(step);
            Send(step, query);
        }
    }

    /// <summary>Gives up a query whose caller has left.</summary>
    public static void Forget(RunStep step, PendingQuery query) => step.Run.Queries.Remove(query);

    /// <summary>The run ended: queries that waited for a task are answered from its history.</summary>
    public static void RunClosed(RunStep step)
    {
        if (step.Run.Task.LastCompletedStartedId > 0)
        {
            DispatchAttached(step);
            return;
        }

        foreach (var query in step.Run.Queries.Attached.ToArray())
        {
            step.Run.Queries.Remove(query);
            var fault = Faults.NotReady("Workflow execution closed before WorkflowTaskStarted event");
            step.Actor.AfterCommit(new Afterwards(_ => query.Fail(fault), query.Fail));
        }
    }

    /// <summary>Whether the caller wants no answer from a run in this state.</summary>
    public static bool IsRejected(Run run, QueryRejectCondition condition) => condition switch
    {
        QueryRejectCondition.NotOpen => !run.IsOpen,
        QueryRejectCondition.NotCompletedCleanly => !run.IsOpen && run.Info.Status != WorkflowExecutionStatus.Completed,
        _ => false,
    };

    private static void Directly(RunStep step, PendingQuery query)
    {
        query.Sent = false;
        step.Run.Queries.AddDirect(query);
        Send(step, query);
    }

    public static void Send(RunStep step, PendingQuery query) => step.Actor.AfterCommit(QueryTaskReference.Of(step.Run, query));
}
