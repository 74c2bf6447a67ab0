using Temporalio.Api.Enums.V1;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Visibility.Query;

/// <summary>What the operators mean for each type of attribute.</summary>
internal static class QueryComparisons
{
    /// <exception cref="RpcFault">INVALID_ARGUMENT: the type has no such operator.</exception>
    public static QueryCondition Of(string name, IndexedValueType type, string op, IReadOnlyList<object> literals)
    {
        if (!IsSupported(type, op))
        {
            throw Faults.Invalid($"invalid query: operation is not supported: operator '{op}' not supported for {type} type search attribute '{name}'");
        }

        object[] values = [.. literals.Select(l => QueryValues.Convert(name, type, l))];
        return op switch
        {
            "=" or "IN" => new Where(name, v => Equal(type, v, values)),
            "!=" or "NOT IN" => new Where(name, v => !Equal(type, v, values)),
            "<" => new Where(name, v => QueryValues.Compare(v, values[0]) < 0),
            "<=" => new Where(name, v => QueryValues.Compare(v, values[0]) <= 0),
            ">" => new Where(name, v => QueryValues.Compare(v, values[0]) > 0),
            ">=" => new Where(name, v => QueryValues.Compare(v, values[0]) >= 0),
            "BETWEEN" => new Where(name, v => Between(v, values)),
            "NOT BETWEEN" => new Where(name, v => !Between(v, values)),
            "STARTS_WITH" => new Where(name, v => StartsWith(v, values[0])),
            _ => new Where(name, v => !StartsWith(v, values[0])),
        };
    }

    private static bool IsSupported(IndexedValueType type, string op) => type switch
    {
        IndexedValueType.KeywordList => op is "=" or "!=" or "IN" or "NOT IN",
        IndexedValueType.Text => op is "=" or "!=",
        IndexedValueType.Keyword => true,
        _ => op is not ("STARTS_WITH" or "NOT STARTS_WITH"),
    };

    private static bool Equal(IndexedValueType type, object value, object[] candidates)
    {
        foreach (var candidate in candidates)
        {
            var equal = type switch
            {
                IndexedValueType.KeywordList => ((IReadOnlyList<string>)value).Contains((string)candidate),
                IndexedValueType.Text => Words(value).Overlaps(Words(candidate)),
                _ => QueryValues.Compare(value, candidate) == 0,
            };
            if (equal)
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<string> Words(object text) => [.. ((string)text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    private static bool Between(object value, object[] bounds) => QueryValues.Compare(value, bounds[0]) >= 0 && QueryValues.Compare(value, bounds[1]) <= 0;

    private static bool StartsWith(object value, object prefix) => ((string)value).StartsWith((string)prefix, StringComparison.Ordinal);
}
