namespace Agents.Durable.Data.Definitions;

/// <param name="Id">Names this exact definition for ever: a turn that began with it ends with it.</param>
public sealed record StoredDefinition(long Id, ReactDefinition Definition);
