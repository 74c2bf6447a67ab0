namespace Temporalio.Server.Execution;

/// <summary>What a reader of a history does to it.</summary>
internal static class HistoryReading
{
    /// <summary>Whoever reads a start that this process alone knows of has seen it: from now on it must survive.</summary>
    public static void Harden(RunStep step)
    {
        if (step.Run.Log.HasVolatile)
        {
            step.Run.Log.Harden();
            step.Run.Task.VolatileStart = false;
            step.Touch();
        }
    }
}
