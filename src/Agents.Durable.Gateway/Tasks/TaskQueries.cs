using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>Asks the workflow behind a task: ours for our own agents, the one that an agent built on Agentex's SDK started for remote ones.</summary>
internal sealed class TaskQueries(DataContext data, ITaskSessions sessions)
{
    /// <exception cref="GatewayException">There is no such task, no workflow, or the workflow does not answer this.</exception>
    public async Task<QueryAnswer> AskAsync(string taskId, string query, CancellationToken cancellationToken)
    {
        var agent = await data.Tasks.AsNoTracking()
            .Where(task => task.Id == taskId && task.Status != AgentTaskStatus.Deleted)
            .Join(data.Agents, task => task.AgentId, agent => agent.Id, (task, agent) => agent)
            .SingleOrDefaultAsync(cancellationToken) ?? throw NotFound(taskId);
        return await sessions.QueryAsync(agent, taskId, query, cancellationToken) switch
        {
            SessionAnswer.Result result => new QueryAnswer(taskId, query, result.Value),
            SessionAnswer.Refused refused => throw GatewayException.BadRequest($"Query '{query}' of workflow '{taskId}' failed: {refused.Reason}"),
            _ => throw NotFound(taskId),
        };
    }

    private static GatewayException NotFound(string taskId) => new(404, $"Workflow '{taskId}' not found");
}
