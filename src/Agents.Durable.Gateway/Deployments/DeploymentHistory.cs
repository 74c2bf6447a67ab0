using System.Globalization;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Deployments;

/// <summary>Which commits of an agent came into service when: one row for each commit that an agent registers with.</summary>
internal sealed class DeploymentHistory(DataContext data, AgentDirectory agents, OwnerScope scope, TimeProvider time)
{
    /// <summary>Keeps what an agent says of its build, if it names commit and branch.</summary>
    public async Task NoteAsync(AgentRow agent, CancellationToken cancellationToken)
    {
        if (agent.RegistrationMetadata is not { ValueKind: JsonValueKind.Object } metadata || Text("agent_commit") is not { } commit || Text("branch_name") is not { } branch)
        {
            return;
        }

        var now = time.GetUtcNow();
        var built = DateTimeOffset.TryParse(Text("build_timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var said) ? said.ToUniversalTime() : now;
        await data.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO deployment_history (id, owner, agent_id, author_name, author_email, branch_name, build_timestamp, deployment_timestamp, commit_hash)
            VALUES ({Guid.CreateVersion7(now).ToString()}, {scope.Owner.Value}, {agent.Id}, {Text("author_name") ?? ""}, {Text("author_email") ?? ""}, {branch}, {built}, {now}, {commit})
            ON CONFLICT DO NOTHING
            """, cancellationToken);

        string? Text(string name) => metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <exception cref="GatewayException">There is none of this id.</exception>
    public async Task<DeploymentRecord> GetAsync(string id, CancellationToken cancellationToken) =>
        ToWire(await data.DeploymentHistory.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken)
            ?? throw new GatewayException(404, $"Deployment not found: Item with id '{id}' does not exist."));

    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<DeploymentRecord[]> ListAsync(AgentKeyword keyword, int limit, int page, ListOrder order, CancellationToken cancellationToken)
    {
        var agent = await agents.FindAsync(keyword, cancellationToken);
        var rows = await data.DeploymentHistory.AsNoTracking()
            .Where(row => row.AgentId == agent.Id)
            .InOrder(data, order, nameof(DeploymentHistoryRow.DeploymentTimestamp), nameof(DeploymentHistoryRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(ToWire)];
    }

    private static DeploymentRecord ToWire(DeploymentHistoryRow row) => new()
    {
        Id = row.Id,
        AgentId = row.AgentId,
        AuthorName = row.AuthorName,
        AuthorEmail = row.AuthorEmail,
        BranchName = row.BranchName,
        BuildTimestamp = row.BuildTimestamp,
        DeploymentTimestamp = row.DeploymentTimestamp,
        CommitHash = row.CommitHash,
    };
}
