using Agents.Durable.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Gateway.Presence;

/// <summary>
/// Gives signs of life of this gateway, and strikes out those that died: the one that was before this one in the same data folder, and those that are
/// silent. With that, what they had in hand is free: mail that they were delivering, answers that they were being told.
/// </summary>
internal sealed partial class GatewayPresence(NpgsqlDataSource database, IOptions<GatewayOptions> options, TimeProvider time, ILogger<GatewayPresence> logger)
    : PeriodicWork(Beat, time, logger)
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    // Seen twice to be silent: after the database was away, everybody has been silent once.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(6);
    private HashSet<string> _silent = [];

    /// <summary>This gateway, in what it has in hand.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anything is marked with the id.
        await DatabaseAbsence.OutlastAsync(() => TakePlaceAsync(cancellationToken), Time, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await StrikeAsync([Id], cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // It will be found silent.
            LogNotStruck(e);
        }
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // While the database is away, the others cannot strike this one out either.
        await BeatAsync(cancellationToken);
        var silent = await IdsAsync("seen_at < now() - $1 AND id <> $2", s_silence, cancellationToken);
        await StrikeAsync([.. silent.Where(_silent.Contains)], cancellationToken);
        _silent = [.. silent];
        await FreeAsync(cancellationToken);
    }

    /// <summary>
    /// Frees what a gateway took in the moment in which it was struck out. One that lives and was struck out by mistake gives its next sign long before what it has
    /// taken since is that old.
    /// </summary>
    private async Task FreeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE mailbox m SET leased_until = NULL, leased_by = NULL
            WHERE m.state = 'pending' AND m.leased_by IS NOT NULL AND m.leased_until IS NOT NULL AND coalesce(m.sent_at, m.created_at) < now() - $1
              AND NOT EXISTS (SELECT FROM gateways WHERE id = m.leased_by)
            """);
        command.Parameters.Add(new() { Value = s_silence });
        if (await command.ExecuteNonQueryAsync(cancellationToken) is > 0 and var mail)
        {
            LogFreed(mail);
        }
    }

    private async Task<bool> TakePlaceAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        if (options.Value.Instance is { } instance)
        {
            await StrikeAsync(await IdsAsync("instance = $1 AND id <> $2", instance, cancellationToken), cancellationToken);
        }

        return true;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO gateways (id, instance, seen_at) VALUES ($1, $2, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()");
        command.Parameters.Add(SqlValue.Text(Id));
        command.Parameters.Add(SqlValue.Text(options.Value.Instance));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<string[]> IdsAsync(string condition, object value, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT coalesce(array_agg(id), '{{}}') FROM gateways WHERE {condition}");
        command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(SqlValue.Text(Id));
        return (string[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task StrikeAsync(string[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await using var command = database.CreateCommand(
            """
            WITH gone AS (DELETE FROM gateways WHERE id = ANY($1) RETURNING id)
            UPDATE mailbox m SET leased_until = NULL, leased_by = NULL FROM gone WHERE m.leased_by = gone.id AND m.state = 'pending'
            """);
        command.Parameters.Add(new() { Value = ids });
        LogStruck(ids.Length, await command.ExecuteNonQueryAsync(cancellationToken));
    }

    [LoggerMessage(LogLevel.Information, "Gateways that are gone: {Count}. Mail that they were delivering, and that is delivered again: {Mail}.")]
    private partial void LogStruck(int count, int mail);

    [LoggerMessage(LogLevel.Information, "Mail that nobody delivers who is still there, and that is delivered again: {Mail}.")]
    private partial void LogFreed(int mail);

    [LoggerMessage(LogLevel.Warning, "This gateway could not be struck out; it will be found silent.")]
    private partial void LogNotStruck(Exception exception);
}
