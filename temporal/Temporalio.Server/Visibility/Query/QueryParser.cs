using System.Globalization;
using Temporalio.Api.Enums.V1;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Visibility.Query;

/// <summary>A parsed query: a condition (none: everything), the names it mentions, and what to group by.</summary>
internal sealed record ParsedQuery(QueryCondition? Condition, IReadOnlySet<string> Names, IReadOnlyList<string> GroupBy);

/// <summary>Reads the query language of list and count calls.</summary>
internal sealed class QueryParser
{
    // Words that a name cannot be unless it stands in backticks.
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "in", "is", "null", "true", "false", "between", "like", "regexp", "select", "from", "where", "when", "then", "else", "end", "case",
        "xor", "exists", "group", "order", "by", "having", "limit", "as", "asc", "desc", "distinct", "on", "join", "left", "right", "inner", "outer", "union",
        "set", "insert", "update", "delete", "into", "values", "table", "starts_with",
    };

    private readonly QueryLexer _lexer;
    private readonly Func<string, IndexedValueType?> _typeOf;
    private readonly bool _lenient;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private QueryToken _token;

    private QueryParser(string text, Func<string, IndexedValueType?> typeOf, QueryDialect dialect)
    {
        _lexer = new QueryLexer(text, dialect);
        _typeOf = typeOf;
        _lenient = dialect == QueryDialect.Workers;
        _token = _lexer.Next();
    }

    /// <summary>Parses the query.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static ParsedQuery Parse(string text, Func<string, IndexedValueType?> typeOf, QueryDialect dialect = QueryDialect.Workflows) => new QueryParser(text, typeOf, dialect).Query();

    private ParsedQuery Query()
    {
        QueryCondition? condition = null;
        if (_token.Kind != QueryTokenKind.End && !IsClause())
        {
            condition = Disjunction();
        }

        List<string> groups = [];
        if (Accept("group"))
        {
            Expect("by");
            do
            {
                groups.Add(Name());
            }
            while (AcceptSymbol(","));
        }

        if (Accept("having"))
        {
            while (_token.Kind != QueryTokenKind.End && !_token.Is("order") && !_token.Is("limit"))
            {
                Advance();
            }
        }

        if (_token.Is("order") || _token.Is("limit"))
        {
            if (!_lenient)
            {
                throw Unsupported(_token.Is("order") ? "'ORDER BY' clause" : "'LIMIT' clause");
            }
        }
        else if (_token.Kind != QueryTokenKind.End)
        {
            throw _lexer.Malformed();
        }

        return new ParsedQuery(condition, _names, groups);
    }

    private bool IsClause() => _token.Is("group") || _token.Is("order") || _token.Is("having") || _token.Is("limit");

    private QueryCondition Disjunction()
    {
        var left = Conjunction();
        while (Accept("or"))
        {
            left = new Either(left, Conjunction());
        }

        return left;
    }

    private QueryCondition Conjunction()
    {
        var left = Negation();
        while (Accept("and"))
        {
            left = new Both(left, Negation());
        }

        return left;
    }

    private QueryCondition Negation() => Accept("not") ? new Not(Negation()) : Primary();

    private QueryCondition Primary()
    {
        if (AcceptSymbol("("))
        {
            var inner = Disjunction();
            ExpectSymbol(")");
            return inner;
        }

        if (_token.Kind is QueryTokenKind.Text or QueryTokenKind.Number)
        {
            throw Faults.Invalid("invalid query: invalid expression: must be a column name");
        }

        return Comparison(Name());
    }

    private QueryCondition Comparison(string name)
    {
        if (Accept("is"))
        {
            var negated = Accept("not");
            if (!Accept("null"))
            {
                throw Faults.Invalid("invalid query: invalid expression: 'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'");
            }

            TypeOf(name);
            return negated ? new Not(new Missing(name)) : new Missing(name);
        }

        var prefix = Accept("not") ? "NOT " : "";
        if (Accept("in"))
        {
            ExpectSymbol("(");
            List<object> values = [];
            do
            {
                values.Add(Literal());
            }
            while (AcceptSymbol(","));
            ExpectSymbol(")");
            return Condition(name, prefix + "IN", values);
        }

        if (Accept("between"))
        {
            var low = Literal();
            Expect("and");
            return Condition(name, prefix + "BETWEEN", [low, Literal()]);
        }

        if (Accept("starts_with"))
        {
            return Condition(name, prefix + "STARTS_WITH", [Literal()]);
        }

        if (_token.Is("like") || _token.Is("regexp"))
        {
            throw Unsupported($"operator '{prefix}{_token.Value.ToUpperInvariant()}'");
        }

        if (prefix.Length == 0 && _token is { Kind: QueryTokenKind.Symbol, Value: "=" or "!=" or "<>" or "<" or "<=" or ">" or ">=" })
        {
            var op = _token.Value == "<>" ? "!=" : _token.Value;
            Advance();
            return Condition(name, op, [Literal()]);
        }

        throw _token.Kind == QueryTokenKind.End || IsClause() || _token.IsSymbol(")") || _token.Is("and") || _token.Is("or")
            ? Faults.Invalid("invalid query: invalid expression: incomplete expression")
            : _lexer.Malformed();
    }

    private QueryCondition Condition(string name, string op, IReadOnlyList<object> literals)
    {
        if (TypeOf(name) is not { } type)
        {
            return new Where(name, static _ => false);
        }

        return QueryComparisons.Of(name, type, op, literals);
    }

    private IndexedValueType? TypeOf(string name)
    {
        _names.Add(name);
        return _typeOf(name) is { } type ? type : _lenient ? null : throw Faults.Invalid($"invalid query: invalid search attribute: {name}");
    }

    private object Literal()
    {
        var sign = AcceptSymbol("-") ? -1 : AcceptSymbol("+") ? 1 : 0;
        var token = _token;
        Advance();
        switch (token.Kind)
        {
            case QueryTokenKind.Text when sign == 0:
                return token.Value;
            case QueryTokenKind.Number:
                if (long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
                {
                    return sign < 0 ? -integer : integer;
                }

                return double.TryParse(token.Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
                    ? sign < 0 ? -number : number
                    : throw Faults.Invalid($"invalid query: invalid expression: unable to parse value \"{token.Value}\"");
            case QueryTokenKind.Word when token.Is("true") || token.Is("false"):
                return token.Is("true");
            case QueryTokenKind.Word or QueryTokenKind.Name when !s_reserved.Contains(token.Value):
                throw Unsupported($"column name on the right side of comparison expression (did you forget to quote \"{token.Value}\"?)");
            default:
                throw _lexer.Malformed();
        }
    }

    private string Name()
    {
        if (_token.Kind == QueryTokenKind.Name || (_token.Kind == QueryTokenKind.Word && !s_reserved.Contains(_token.Value)))
        {
            var name = _token.Value;
            Advance();
            return name;
        }

        throw _lexer.Malformed();
    }

    private bool Accept(string keyword)
    {
        if (!_token.Is(keyword))
        {
            return false;
        }

        Advance();
        return true;
    }

    private bool AcceptSymbol(string symbol)
    {
        if (!_token.IsSymbol(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(string keyword)
    {
        if (!Accept(keyword))
        {
            throw _lexer.Malformed();
        }
    }

    private void ExpectSymbol(string symbol)
    {
        if (!AcceptSymbol(symbol))
        {
            throw _lexer.Malformed();
        }
    }

    private void Advance() => _token = _lexer.Next();

    private static RpcFault Unsupported(string what) => Faults.Invalid($"invalid query: operation is not supported: {what}");
}
