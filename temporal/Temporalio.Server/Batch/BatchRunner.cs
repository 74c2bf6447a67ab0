using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Frontend;
using Temporalio.Server.Store;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Batch;

/// <summary>Does a job's work, one execution after the other, and writes down how far it is.</summary>
internal static class BatchRunner
{
    private const int ResultsPerNote = 20;
    private const string OnlyRunning = "ExecutionStatus = 'Running'";

    public static void Begin(RunStep step)
    {
        var (key, runId) = (step.Run.Workflow, step.Run.RunId);
        step.Actor.AfterCommit(new Afterwards(engine =>
        {
            // A job that is loaded anew may still be at work.
            if (engine.JobsAtWork.TryAdd(runId, key))
            {
                engine.InBackgroundUntilDone(async () =>
                {
                    await RunAsync(engine, key, runId);
                    engine.JobsAtWork.TryRemove(runId, out _);
                });
            }
        }));
    }

    /// <summary>What a job's query finds; a query for what only open workflows can take is asked for these.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static ValueTask<IReadOnlyList<VisibilityRecord>> FindAsync(Engine engine, StartBatchOperationRequest job)
    {
        VisibilityLists.ParseForBatch(engine, job.Namespace, job.VisibilityQuery);
        var query = job.ResetOperation is null && job.DeletionOperation is null ? $"({job.VisibilityQuery}) AND {OnlyRunning}" : job.VisibilityQuery;
        return VisibilityLists.FindAsync(engine, job.Namespace, VisibilityLists.Parse(engine, job.Namespace, query));
    }

    private static async Task RunAsync(Engine engine, WorkflowKey key, string runId)
    {
        var start = await engine.Actors.CallAsync(key, runId, actor =>
            actor.Find(runId) is { Run.IsOpen: true } step ? new Begun(BatchJob.RequestOf(step.Run.Info.Memo!), BatchJob.ProgressOf(step.Run.Info.Memo!), step.Run.Info.StartTime) : null);
        if (start is null)
        {
            return;
        }

        var (job, progress, since) = start;
        var targets = await TargetsAsync(engine, job, progress, since);
        if (progress.Total < 0)
        {
            progress = progress with { Total = targets.Count };
        }

        foreach (var target in targets)
        {
            progress = await DoAsync(engine, runId, job, target, progress);
            if ((job.ResetOperation is not null || progress.Done % ResultsPerNote == 0) && !await NoteAsync(engine, key, runId, progress))
            {
                return;
            }
        }

        await engine.Actors.CallAsync(key, runId, actor =>
        {
            if (actor.Find(runId) is { Run.IsOpen: true } step)
            {
                BatchJob.Note(step, progress);
                RunClose.Complete(step, null, 0);
            }

            return true;
        });
    }

    private static async Task<List<Target>> TargetsAsync(Engine engine, StartBatchOperationRequest job, BatchProgress progress, DateTimeOffset since)
    {
        var executions = BatchJob.ExecutionsOf(job);
        if (executions.Count > 0)
        {
            return [.. executions.Skip((int)progress.Done).Select(e => new Target(new WorkflowKey(job.Namespace, e.WorkflowId), e.RunId, null))];
        }

        // In an order that finds its place again, and without what the job itself has begun.
        var found = await FindAsync(engine, job);
        return [.. found
            .Where(r => r.StartTime <= since && Order(r.StartTime, r.RunId, progress) > 0)
            .OrderBy(r => r.StartTime).ThenBy(r => r.RunId, StringComparer.Ordinal)
            .Select(r => new Target(r.Workflow, r.RunId, r.StartTime))];
    }

    private static int Order(DateTimeOffset start, string runId, BatchProgress progress)
    {
        var byStart = start.CompareTo(progress.PlaceStart ?? DateTimeOffset.MinValue);
        return byStart != 0 ? byStart : string.CompareOrdinal(runId, progress.PlaceRunId);
    }

    private static async Task<BatchProgress> DoAsync(Engine engine, string jobRunId, StartBatchOperationRequest job, Target target, BatchProgress progress)
    {
        var done = target.Start is null ? progress : progress with { PlaceStart = target.Start, PlaceRunId = target.RunId };
        try
        {
            await BatchOperation.ApplyAsync(engine, jobRunId, job, target.Workflow, target.RunId);
        }
        catch (RpcFault fault) when (fault.Code is not (RpcStatusCode.Unavailable or RpcStatusCode.NotFound))
        {
            return done with { Failed = done.Failed + 1 };
        }
        catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound)
        {
            // It is over already: nothing is left to do.
        }

        return done with { Complete = done.Complete + 1 };
    }

    // False if somebody has stopped the job.
    private static Task<bool> NoteAsync(Engine engine, WorkflowKey key, string runId, BatchProgress progress) => engine.Actors.CallAsync(key, runId, actor =>
    {
        if (actor.Find(runId) is not { Run.IsOpen: true } step)
        {
            return false;
        }

        BatchJob.Note(step, progress);
        return true;
    });

    private sealed record Begun(StartBatchOperationRequest Request, BatchProgress Progress, DateTimeOffset Since);

    private sealed record Target(WorkflowKey Workflow, string RunId, DateTimeOffset? Start);
}
