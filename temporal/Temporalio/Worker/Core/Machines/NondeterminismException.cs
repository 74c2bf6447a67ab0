namespace Temporalio.Worker.Core.Machines;

/// <summary>The workflow's commands do not fit its recorded history.</summary>
internal sealed class NondeterminismException(string message) : Exception(message);
