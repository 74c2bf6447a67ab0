namespace Agents.Durable.Data;

/// <summary>Whom rows belong to.</summary>
public readonly record struct OwnerId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>
/// Whose rows a <see cref="DataContext"/> sees and writes. A request sets it once, after authentication and before the first query; until then the scope sees nothing.
/// Background work that serves all owners asks for <see cref="Everyone"/>, which may read and change rows of all, and must name the owner of those it adds.
/// </summary>
public sealed class OwnerScope
{
    private OwnerId? _owner;

    public static OwnerScope Everyone { get; } = new() { SeesAll = true };

    public static OwnerScope Of(OwnerId owner) => new() { _owner = owner };

    /// <summary>Whether the filter is off.</summary>
    public bool SeesAll { get; private init; }

    /// <exception cref="InvalidOperationException">Nobody was authenticated in this scope, or it sees all owners.</exception>
    public OwnerId Owner => _owner ?? throw new InvalidOperationException("This scope has no owner: authenticate first.");

    /// <summary>The owner as the query filter compares it; null matches no row.</summary>
    internal string? Filter => _owner?.Value;

    /// <exception cref="InvalidOperationException">The scope has another owner already.</exception>
    public void Set(OwnerId owner)
    {
        if (SeesAll || (_owner is { } known && known != owner))
        {
            throw new InvalidOperationException("The owner of a scope cannot change.");
        }

        _owner = owner;
    }
}
