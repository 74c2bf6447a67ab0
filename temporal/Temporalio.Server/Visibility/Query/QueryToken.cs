namespace Temporalio.Server.Visibility.Query;

internal enum QueryTokenKind
{
    End,

    /// <summary>A name or a keyword.</summary>
    Word,

    /// <summary>A name in backticks.</summary>
    Name,
    Text,
    Number,
    Symbol,
}

/// <summary>A piece of a query.</summary>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Value)
{
    public bool Is(string keyword) => Kind == QueryTokenKind.Word && Value.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == QueryTokenKind.Symbol && Value == symbol;
}
