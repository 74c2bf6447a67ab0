using Npgsql;

namespace Agents.Durable.Data;

/// <summary>Tells a database that is away, and will be back, from one that refuses.</summary>
public static class DatabaseAbsence
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Repeats <paramref name="work"/> while the database is away, for 30 s at most. Only for what does no harm when it is done twice: a lost connection
    /// does not tell whether it was.
    /// </summary>
    public static async Task<T> OutlastAsync<T>(Func<Task<T>> work, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (IsCause(e) && time.GetElapsedTime(begun) < s_patience)
            {
                await Task.Delay(s_pause, time, cancellationToken);
            }
        }
    }

    /// <summary>True when the exception, or what it wraps, is a lost connection or a server that is starting or stopping. The outcome of what was asked may be unknown.</summary>
    public static bool IsCause(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is NpgsqlException { IsTransient: true })
            {
                return true;
            }
        }

        return false;
    }
}
