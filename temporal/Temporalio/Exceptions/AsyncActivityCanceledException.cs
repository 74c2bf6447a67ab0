namespace Temporalio.Exceptions;

/// <summary>A heartbeat of an asynchronous activity learnt that its cancellation was requested.</summary>
public class AsyncActivityCanceledException() : TemporalException("Activity cancelled");
