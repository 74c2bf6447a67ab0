namespace Temporalio.Worker.Core.Runs;

/// <summary>Behaviours of the core that came after histories without them; numbered as all Temporal SDKs number them.</summary>
internal enum CoreFlag
{
    /// <summary>Ids and types of activities and children must be those recorded.</summary>
    IdAndTypeDeterminismChecks = 1,

    /// <summary>A patch lists itself in the search attribute TemporalChangeVersion.</summary>
    UpsertSearchAttributeOnPatch = 2,

    /// <summary>A terminal command goes last, instead of cutting off what follows it.</summary>
    MoveTerminalCommands = 3,
}
