using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Data;

/// <summary>Makes contexts outside a request's scope.</summary>
public sealed class DataContexts(DbContextOptions<DataContext> options)
{
    /// <summary>A context that sees one owner's rows. The caller disposes it.</summary>
    public DataContext For(OwnerId owner) => new(options, OwnerScope.Of(owner));

    /// <summary>A context that sees all rows, for background work and authentication. The caller disposes it.</summary>
    public DataContext ForEveryone() => new(options, OwnerScope.Everyone);
}
