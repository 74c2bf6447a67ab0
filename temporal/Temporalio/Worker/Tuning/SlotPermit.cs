namespace Temporalio.Worker.Tuning;

/// <summary>The right to use a slot; handed back to the supplier that made it.</summary>
public class SlotPermit
{
    /// <summary>A permit without data.</summary>
    public SlotPermit()
    {
    }

    /// <param name="data">Anything the supplier wants to find again.</param>
    public SlotPermit(object data) => UserData = data;

    /// <summary>The supplier's own data.</summary>
    public object? UserData { get; init; }
}
