using Temporalio.Api.Query.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Execution.Queries;

/// <summary>A query that waits for a worker's answer.</summary>
internal sealed class PendingQuery(string id, WorkflowQuery query)
{
    private readonly TaskCompletionSource<WorkflowQueryResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = id;

    public WorkflowQuery Query { get; } = query;

    /// <summary>True while a worker has it with a workflow task.</summary>
    public bool Sent { get; set; }

    public Task<WorkflowQueryResult> Answer => _answer.Task;

    public void Complete(WorkflowQueryResult answer) => _answer.TrySetResult(answer);

    public void Fail(RpcFault fault) => _answer.TrySetException(fault);
}

/// <summary>A run's waiting queries: those that ride on a workflow task, and those that a worker was asked directly.</summary>
internal sealed class QueryTable
{
    private readonly Dictionary<string, PendingQuery> _attached = [];
    private readonly Dictionary<string, PendingQuery> _direct = [];

    public bool IsEmpty => _attached.Count == 0 && _direct.Count == 0;

    public Dictionary<string, PendingQuery>.ValueCollection Attached => _attached.Values;

    public bool HasUnsent
    {
        get
        {
            foreach (var query in _attached.Values)
            {
                if (!query.Sent)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void Attach(PendingQuery query) => _attached.Add(query.Id, query);

    public void AddDirect(PendingQuery query) => _direct.Add(query.Id, query);

    public PendingQuery? FindAttached(string id) => _attached.GetValueOrDefault(id);

    public PendingQuery? FindDirect(string id) => _direct.GetValueOrDefault(id);

    public void Remove(PendingQuery query)
    {
        _attached.Remove(query.Id);
        _direct.Remove(query.Id);
    }

    /// <summary>The task that carried queries came to nothing: the next one carries them again.</summary>
    public void Resend()
    {
        foreach (var query in _attached.Values)
        {
            query.Sent = false;
        }
    }

    public void Abandon(RpcFault fault, List<Effect> effects)
    {
        foreach (var query in _attached.Values)
        {
            effects.Add(new Afterwards(static _ => { }, query.Fail));
        }

        foreach (var query in _direct.Values)
        {
            effects.Add(new Afterwards(static _ => { }, query.Fail));
        }
    }
}
