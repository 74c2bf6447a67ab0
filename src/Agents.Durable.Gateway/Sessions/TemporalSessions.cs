using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>Sessions as workflows of the namespace <c>agents</c>: what wakes one starts it if need be, in one call.</summary>
internal sealed class TemporalSessions(ITemporalClient client) : ITaskSessions
{
    private static readonly TimeSpan s_queryTimeout = TimeSpan.FromSeconds(10);
    private readonly TemporalClient _remote = new(client.Connection, new TemporalClientOptions { Namespace = "default" });

    public Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken) => client.StartWorkflowAsync(
        TypeOf(agent), [], new WorkflowOptions(taskId, QueueOf(agent))
        {
            // A failed task that is tried again gets a second run of the same id.
            IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicate,
            StartSignal = AgentWorkflows.Wake,
            StartSignalArgs = [position],
            Rpc = new RpcOptions { CancellationToken = cancellationToken },
        });

    public Task CancelAsync(string taskId, CancellationToken cancellationToken) => IfThereAsync(
        () => client.GetWorkflowHandle(taskId).CancelAsync(new WorkflowCancelOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } }));

    public Task TerminateAsync(string taskId, string reason, CancellationToken cancellationToken) => IfThereAsync(
        () => client.GetWorkflowHandle(taskId).TerminateAsync(reason, new WorkflowTerminateOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } }));

    public async Task<SessionAnswer> QueryAsync(AgentRow agent, string taskId, string query, CancellationToken cancellationToken)
    {
        var handle = (agent.Kind == AgentKind.Acp ? _remote : client).GetWorkflowHandle(taskId);
        try
        {
            var options = new WorkflowQueryOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken, Timeout = s_queryTimeout } };
            return new SessionAnswer.Result(await handle.QueryAsync<JsonElement?>(query, [], options));
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return new SessionAnswer.NoWorkflow();
        }
        catch (Exception e) when (e is WorkflowQueryFailedException or WorkflowQueryRejectedException or RpcException)
        {
            return new SessionAnswer.Refused(e.Message);
        }
    }

    public async IAsyncEnumerable<string> ClosedSinceAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = $"ExecutionStatus != 'Running' AND CloseTime >= '{since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}'";
        var options = new WorkflowListOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } };
        await foreach (var workflow in client.ListWorkflowsAsync(query, options).WithCancellation(cancellationToken))
        {
            yield return workflow.Id;
        }
    }

    public async Task<AgentTaskStatus?> OutcomeAsync(string taskId, CancellationToken cancellationToken)
    {
        try
        {
            var options = new WorkflowDescribeOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } };
            return (await client.GetWorkflowHandle(taskId).DescribeAsync(options)).Status switch
            {
                WorkflowExecutionStatus.Completed => AgentTaskStatus.Completed,
                WorkflowExecutionStatus.Failed => AgentTaskStatus.Failed,
                WorkflowExecutionStatus.Canceled => AgentTaskStatus.Canceled,
                WorkflowExecutionStatus.Terminated => AgentTaskStatus.Terminated,
                WorkflowExecutionStatus.TimedOut => AgentTaskStatus.TimedOut,
                _ => null,
            };
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task IfThereAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            // It never started, or has ended.
        }
    }

    private static string TypeOf(AgentRow agent) => agent.Kind switch
    {
        AgentKind.React => AgentWorkflows.React,
        AgentKind.Code => agent.Name,
        _ => throw new UnreachableException($"Agent {agent.Id} has no workflow of ours."),
    };

    private static string QueueOf(AgentRow agent) => agent.Kind == AgentKind.React ? AgentWorkflows.TaskQueue : AgentWorkflows.TaskQueueOf(agent.Name);
}
