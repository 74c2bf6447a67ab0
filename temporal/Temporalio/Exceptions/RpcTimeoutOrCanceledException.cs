namespace Temporalio.Exceptions;

/// <summary>A call to the server was cancelled or ran out of time.</summary>
public class RpcTimeoutOrCanceledException(string message, Exception? inner) : TemporalException(message, inner);
