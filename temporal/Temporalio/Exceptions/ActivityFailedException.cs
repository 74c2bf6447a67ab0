namespace Temporalio.Exceptions;

/// <summary>A standalone activity did not succeed; the inner exception says why.</summary>
public class ActivityFailedException(Exception? inner) : TemporalException("Activity failed", inner);
