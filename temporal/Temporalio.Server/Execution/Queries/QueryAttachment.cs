using Google.Protobuf.Collections;
using Temporalio.Api.Query.V1;

namespace Temporalio.Server.Execution.Queries;

/// <summary>Queries that ride on a workflow task, so that they see what that task brings about.</summary>
internal static class QueryAttachment
{
    /// <summary>The queries that go with the task that is being started.</summary>
    public static IReadOnlyDictionary<string, WorkflowQuery>? Take(Run run)
    {
        Dictionary<string, WorkflowQuery>? queries = null;
        foreach (var query in run.Queries.Attached)
        {
            query.Sent = true;
            (queries ??= []).Add(query.Id, query.Query);
        }

        return queries;
    }

    /// <summary>Hands on the answers that came with the completion; a query that the worker left out rides on the next task.</summary>
    public static void Answer(RunStep step, MapField<string, WorkflowQueryResult> results)
    {
        foreach (var (id, result) in results)
        {
            if (step.Run.Queries.FindAttached(id) is { } query)
            {
                step.Run.Queries.Remove(query);
                step.Actor.AfterCommit(new Afterwards(_ => query.Complete(result), query.Fail));
            }
        }

        step.Run.Queries.Resend();
    }
}
