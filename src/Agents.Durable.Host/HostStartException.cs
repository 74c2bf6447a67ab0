namespace Agents.Durable.Host;

/// <summary>The host cannot start, and the message says what to do about it.</summary>
internal sealed class HostStartException(string message, Exception? innerException = null) : Exception(message, innerException);
