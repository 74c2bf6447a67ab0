namespace Temporalio.Server.Visibility.Query;

/// <summary>Something with named values that a query can be asked about.</summary>
internal interface IQueryRow
{
    /// <summary>
    /// The value by name: a <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="DateTimeOffset"/>
    /// or list of strings; <see langword="null"/> if it has none.
    /// </summary>
    object? Get(string name);
}

/// <summary>A condition of a query. As in SQL, what is asked of nothing is neither true nor false.</summary>
internal abstract record QueryCondition
{
    public bool Matches(IQueryRow row) => Test(row) == true;

    public abstract bool? Test(IQueryRow row);
}

internal sealed record Both(QueryCondition Left, QueryCondition Right) : QueryCondition
{
    public override bool? Test(IQueryRow row) => Left.Test(row) & Right.Test(row);
}

internal sealed record Either(QueryCondition Left, QueryCondition Right) : QueryCondition
{
    public override bool? Test(IQueryRow row) => Left.Test(row) | Right.Test(row);
}

internal sealed record Not(QueryCondition Inner) : QueryCondition
{
    public override bool? Test(IQueryRow row) => !Inner.Test(row);
}

internal sealed record Missing(string Name) : QueryCondition
{
    public override bool? Test(IQueryRow row) => row.Get(Name) is null;
}

/// <summary>A test of a value that is there.</summary>
internal sealed record Where(string Name, Func<object, bool> Holds) : QueryCondition
{
    public override bool? Test(IQueryRow row) => row.Get(Name) is { } value ? Holds(value) : null;
}
