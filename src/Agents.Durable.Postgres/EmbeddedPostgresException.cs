namespace Agents.Durable.Postgres;

/// <summary>The embedded PostgreSQL cannot serve; the message says what to install or to change.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? innerException = null) : Exception(message, innerException);
