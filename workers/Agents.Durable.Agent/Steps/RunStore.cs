using Npgsql;

namespace Agents.Durable.Agent.Steps;

/// <summary>Transactions of steps: one connection, one commit.</summary>
internal sealed class RunStore(NpgsqlDataSource database)
{
    public NpgsqlDataSource Database => database;

    /// <summary>Runs <paramref name="work"/> in a transaction and commits it; whatever it throws rolls back.</summary>
    public async Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(connection);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
