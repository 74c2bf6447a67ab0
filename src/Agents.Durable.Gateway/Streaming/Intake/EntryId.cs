using System.Globalization;
using Agents.Durable.Data.Stream;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>
/// The id of an entry as clients of Redis see it: <c>{milliseconds}-{number}</c>. The number is the entry's in its task's stream and alone decides the order; the
/// time before it is that of the row, so that what clients do with the time of ids works as well.
/// </summary>
/// <param name="Seq"><see cref="long.MaxValue"/> for "the last of that millisecond".</param>
internal readonly record struct EntryId(long Milliseconds, long Seq)
{
    public static EntryId Of(StreamPosition position) => new(position.At.ToUnixTimeMilliseconds(), position.Seq);

    /// <summary>Reads an id whose number may be left out.</summary>
    /// <param name="absent">The number when there is none: 0 where a range begins, <see cref="long.MaxValue"/> where one ends.</param>
    public static bool TryParse(string text, long absent, out EntryId id)
    {
        id = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryNumber(dash < 0 ? text : text[..dash], out var milliseconds))
        {
            return false;
        }

        var seq = absent;
        if (dash >= 0 && !TryNumber(text[(dash + 1)..], out seq))
        {
            return false;
        }

        id = new(milliseconds, seq);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Seq}");

    // Redis counts to 2^64 - 1; no entry is beyond what fits here.
    private static bool TryNumber(string text, out long number)
    {
        var isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = (long)Math.Min(value, long.MaxValue);
        return isNumber;
    }
}
