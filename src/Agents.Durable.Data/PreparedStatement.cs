using Npgsql;

namespace Agents.Durable.Data;

/// <summary>
/// A statement of those that run all day, with a plan that its connection keeps. Prepared by name and not by the driver's own choice (<c>Max Auto Prepare</c>): that
/// leaves a connection out of step with the server when the database refuses a statement that it is about to prepare (npgsql/npgsql issue 6391), and refusals are answers here.
/// </summary>
public sealed class PreparedStatement : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;

    private PreparedStatement(NpgsqlConnection connection, NpgsqlCommand command) => (_connection, _command) = (connection, command);

    /// <param name="parameters">Those of $1, $2 and so on, each with a value.</param>
    public static async Task<PreparedStatement> OnAsync(NpgsqlDataSource database, string sql, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(parameters);
        var connection = await database.OpenConnectionAsync(cancellationToken);
        var command = new NpgsqlCommand(sql, connection);
        try
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter);
            }

            // One trip to the server the first time that a connection sees the statement, none later.
            await command.PrepareAsync(cancellationToken);
            return new PreparedStatement(connection, command);
        }
        catch
        {
            await command.DisposeAsync();
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="NpgsqlCommand.ExecuteReaderAsync(CancellationToken)"/>
    public Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken) => _command.ExecuteReaderAsync(cancellationToken);

    /// <inheritdoc cref="NpgsqlCommand.ExecuteScalarAsync(CancellationToken)"/>
    public Task<object?> ScalarAsync(CancellationToken cancellationToken) => _command.ExecuteScalarAsync(cancellationToken);

    /// <inheritdoc cref="NpgsqlCommand.ExecuteNonQueryAsync(CancellationToken)"/>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken) => _command.ExecuteNonQueryAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
