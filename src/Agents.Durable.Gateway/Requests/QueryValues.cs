using Agents.Durable.Data;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Requests;

/// <summary>The query of a request; what is wrong with it is a 422. Unknown names are ignored.</summary>
internal sealed class QueryValues(IQueryCollection query)
{
    private readonly Problems _problems = new();

    public static QueryValues Of(HttpContext context) => new(context.Request.Query);

    /// <exception cref="Errors.ValidationException">A value that was read is wrong.</exception>
    public void ThrowIfAny() => _problems.ThrowIfAny();

    public string? Text(string name) => query.TryGetValue(name, out var values) ? values[^1] : null;

    /// <summary>An id or name to filter by; an empty one asks for nothing.</summary>
    public string? Filter(string name) => Text(name) is { Length: > 0 } text ? text : null;

    public string RequiredText(string name)
    {
        if (Text(name) is { } text)
        {
            return text;
        }

        _problems.Add($"query.{name}", "missing", "Field required");
        return "";
    }

    public int Integer(string name, int absent, int least = int.MinValue, int most = int.MaxValue) => OptionalInteger(name, least, most) ?? absent;

    public int? OptionalInteger(string name, int least = int.MinValue, int most = int.MaxValue)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!PythonNumbers.TryParse(text, out var number) || number is < int.MinValue or > int.MaxValue)
        {
            _problems.Add($"query.{name}", "int_parsing", "Input should be a valid integer, unable to parse string as an integer");
            return null;
        }

        var value = (int)number;
        if (value < least)
        {
            _problems.Add($"query.{name}", "greater_than_equal", $"Input should be greater than or equal to {least}");
        }
        else if (value > most)
        {
            _problems.Add($"query.{name}", "less_than_equal", $"Input should be less than or equal to {most}");
        }

        return value;
    }

    public bool Bool(string name, bool absent)
    {
        if (Text(name) is not { } text)
        {
            return absent;
        }

        var value = Fields.Truth(text);
        if (value is null)
        {
            _problems.Add($"query.{name}", "bool_parsing", "Input should be a valid boolean, unable to interpret input");
        }

        return value ?? absent;
    }

    /// <summary>The usual limit and page number; both are 1 at least.</summary>
    public (int Limit, int Page) Paging(int mostItems = int.MaxValue, int usualLimit = 50) => (Integer("limit", usualLimit, 1, mostItems), Integer("page_number", 1, 1));

    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!EnumNames.TryParse<T>(text, out var value))
        {
            _problems.Add($"query.{name}", "enum", $"Input should be one of {string.Join(", ", EnumNames.All<T>())}");
        }

        return value;
    }

    /// <summary>Whether the agents of tasks are asked for. The SDK joins values with commas.</summary>
    public bool WantsAgents()
    {
        var wanted = query["relationships"].SelectMany(value => (value ?? "").Split(',')).ToList();
        foreach (var other in wanted.Where(value => value != "agents"))
        {
            _problems.Add("query.relationships", "enum", $"Input should be 'agents', not '{other}'");
        }

        return wanted.Count > 0;
    }

    /// <summary>The order that a list was asked for.</summary>
    public ListOrder Order() => new(Text("order_by"), Text("order_direction") ?? "desc");
}

/// <summary>As asked for: an unknown column and a strange direction are no errors.</summary>
internal sealed record ListOrder(string? Column, string Direction)
{
    /// <summary>Everywhere but for messages, what is not descending is ascending.</summary>
    public bool Descending => string.Equals(Direction, "desc", StringComparison.OrdinalIgnoreCase);
}
