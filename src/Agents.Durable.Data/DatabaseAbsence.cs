using Npgsql;

namespace Agents.Durable.Data;

/// <summary>Tells a database that is away, and will be back, from one that refuses.</summary>
public static class DatabaseAbsence
{
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
