using System.Diagnostics;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>Sessions as workflows of the namespace <c>agents</c>: what wakes one starts it if need be, in one call.</summary>
internal sealed class TemporalSessions(ITemporalClient client) : ITaskSessions
{
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
