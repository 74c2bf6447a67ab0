using System.Globalization;
using Temporalio.Api.Enums.V1;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;
using Temporalio.Server.Schedules;

namespace Temporalio.Server.Visibility.Query;

/// <summary>Literals as values of the attribute that they are compared with.</summary>
internal static class QueryValues
{
    public const string Status = "ExecutionStatus";
    public const string Duration = "ExecutionDuration";

    private const long NanosecondsPerTick = 100;

    /// <exception cref="RpcFault">INVALID_ARGUMENT: the literal is no value of the type.</exception>
    public static object Convert(string name, IndexedValueType type, object literal) => (name, type, literal) switch
    {
        (Status, _, _) => StatusOf(literal),
        (Duration, _, _) => DurationOf(literal),
        (_, IndexedValueType.Keyword or IndexedValueType.KeywordList, string) => literal,
        (_, IndexedValueType.Text, string text) => text.Length > 0 ? literal : throw Wrong(name, type, literal),
        (_, IndexedValueType.Int or IndexedValueType.Double, long or double) => literal,
        (_, IndexedValueType.Bool, bool) => literal,
        (_, IndexedValueType.Datetime, string text) => DatetimeOf(text),
        (_, IndexedValueType.Datetime, long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick),
        _ => throw Wrong(name, type, literal),
    };

    public static int Compare(object a, object b) => (a, b) switch
    {
        (string x, string y) => string.CompareOrdinal(x, y),
        (bool x, bool y) => x.CompareTo(y),
        (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
        (long x, long y) => x.CompareTo(y),
        _ => System.Convert.ToDouble(a, CultureInfo.InvariantCulture).CompareTo(System.Convert.ToDouble(b, CultureInfo.InvariantCulture)),
    };

    public static string StatusName(long status) => ((WorkflowExecutionStatus)status).ToString();

    private static object StatusOf(object literal)
    {
        if (literal is long number && Enum.IsDefined((WorkflowExecutionStatus)number))
        {
            return number;
        }

        if (literal is string text)
        {
            foreach (var status in Enum.GetValues<WorkflowExecutionStatus>())
            {
                if (status.ToString() == text || OriginalName(status) == text)
                {
                    return (long)status;
                }
            }
        }

        throw Faults.Invalid($"invalid query: invalid expression: invalid ExecutionStatus value '{literal}'");
    }

    private static string OriginalName(WorkflowExecutionStatus status) =>
        "WORKFLOW_EXECUTION_STATUS_" + string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));

    private static object DurationOf(object literal)
    {
        if (literal is long nanoseconds)
        {
            return nanoseconds;
        }

        if (literal is string text)
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            if (TimeSpan.TryParseExact(text, [@"h\:m\:s", @"hh\:mm\:ss"], CultureInfo.InvariantCulture, out var clock))
            {
                return clock.Ticks * NanosecondsPerTick;
            }

            if (GoDuration.TryParse(text, out var span, days: true))
            {
                return span.Ticks * NanosecondsPerTick;
            }
        }

        throw Faults.Invalid($"invalid query: invalid expression: invalid duration value for search attribute {Duration}: {literal}");
    }

    private static object DatetimeOf(string text) =>
        text.Contains('T', StringComparison.Ordinal) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)) &&
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Faults.Invalid($"invalid query: invalid expression: unable to parse datetime '{text}'");

    private static RpcFault Wrong(string name, IndexedValueType type, object literal) =>
        Faults.Invalid($"invalid query: invalid expression: invalid value type for search attribute {name} of type {type}: {literal}");
}
