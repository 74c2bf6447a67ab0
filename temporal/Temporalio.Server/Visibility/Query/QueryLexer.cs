using System.Text;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Visibility.Query;

/// <summary>Cuts a query into tokens.</summary>
internal sealed class QueryLexer(string text, QueryDialect dialect)
{
    // Errors in some queries count from the beginning of the statement that the original makes of them.
    private const string WorkersBefore = "select * from table1 where ";
    private const string BatchBefore = "select * from dummy where ";

    private string _last = "";

    private static readonly string[] s_symbols = ["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ",", "-", "+", "*", "/", ".", ";", "!"];

    private int _position;

    public QueryToken Next()
    {
        var token = Read();
        _last = token.Value;
        return token;
    }

    private QueryToken Read()
    {
        SkipBlanks();
        if (_position == text.Length)
        {
            return new QueryToken(QueryTokenKind.End, "");
        }

        var c = text[_position];
        if (c is '\'' or '"')
        {
            return new QueryToken(QueryTokenKind.Text, Quoted(c, escapes: true));
        }

        if (c == '`')
        {
            return new QueryToken(QueryTokenKind.Name, Quoted(c, escapes: false));
        }

        if (char.IsAsciiDigit(c))
        {
            return new QueryToken(QueryTokenKind.Number, While(static (x, before) => char.IsAsciiLetterOrDigit(x) || x == '.' || (x is '-' or '+' && before is 'e' or 'E')));
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            return new QueryToken(QueryTokenKind.Word, While(static (x, _) => char.IsAsciiLetterOrDigit(x) || x == '_'));
        }

        foreach (var symbol in s_symbols)
        {
            if (string.CompareOrdinal(text, _position, symbol, 0, symbol.Length) == 0)
            {
                _position += symbol.Length;
                return new QueryToken(QueryTokenKind.Symbol, symbol);
            }
        }

        throw Malformed();
    }

    public RpcFault Malformed() => Faults.Invalid(dialect switch
    {
        QueryDialect.Workers => $"malformed query: syntax error at position {WorkersBefore.Length + _position + 1}",
        QueryDialect.Batch => $"invalid visibility query: syntax error at position {BatchBefore.Length + _position + 1}{(_last.Length > 0 ? $" near '{_last}'" : "")}",
        _ => $"invalid query: malformed SQL query: syntax error at position {_position + 1}",
    });

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
            else if (text.AsSpan(_position).StartsWith("--"))
            {
                var end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else if (text.AsSpan(_position).StartsWith("/*"))
            {
                var end = text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                _position = end < 0 ? throw Malformed() : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private string While(Func<char, char, bool> belongs)
    {
        var start = _position;
        while (_position < text.Length && belongs(text[_position], _position > start ? text[_position - 1] : '\0'))
        {
            _position++;
        }

        return text[start.._position];
    }

    private string Quoted(char quote, bool escapes)
    {
        var value = new StringBuilder();
        for (_position++; _position < text.Length; _position++)
        {
            var c = text[_position];
            if (escapes && c == '\\' && _position + 1 < text.Length)
            {
                value.Append(text[++_position]);
            }
            else if (c != quote)
            {
                value.Append(c);
            }
            else if (_position + 1 < text.Length && text[_position + 1] == quote)
            {
                value.Append(c);
                _position++;
            }
            else
            {
                _position++;
                return value.ToString();
            }
        }

        throw Malformed();
    }
}
