namespace Temporalio.Worker.Core.Machines;

/// <summary>A run cannot go on for a reason that is not the workflow's: a broken history, a protocol violation, a bug.</summary>
internal sealed class FatalRunException(string message) : Exception(message);
