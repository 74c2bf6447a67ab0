using System.Buffers.Binary;

namespace Temporalio.Server.Store.Postgres;

/// <summary>
/// The batches of one commit as one row. Paging counts batches, so a row of several remembers where each begins and ends: three 8-byte
/// numbers each (first event id, next event id, end offset).
/// </summary>
internal readonly record struct HistoryRow(long FirstEventId, long NextEventId, byte[]? Layout, ReadOnlyMemory<byte> Data)
{
    private const int EntrySize = 3 * sizeof(long);

    public static HistoryRow Pack(IReadOnlyList<HistoryBatch> batches)
    {
        if (batches is [var only])
        {
            return new HistoryRow(only.FirstEventId, only.NextEventId, null, only.Data);
        }

        var data = new byte[batches.Sum(b => b.Data.Length)];
        var layout = new byte[batches.Count * EntrySize];
        var end = 0;
        for (var i = 0; i < batches.Count; i++)
        {
            batches[i].Data.CopyTo(data.AsMemory(end));
            end += batches[i].Data.Length;
            var entry = layout.AsSpan(i * EntrySize);
            BinaryPrimitives.WriteInt64LittleEndian(entry, batches[i].FirstEventId);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], batches[i].NextEventId);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], end);
        }

        return new HistoryRow(batches[0].FirstEventId, batches[^1].NextEventId, layout, data);
    }

    public IEnumerable<HistoryBatch> Unpack()
    {
        if (Layout is not { } layout)
        {
            yield return new HistoryBatch(FirstEventId, NextEventId, Data);
            yield break;
        }

        var begin = 0;
        for (var at = 0; at < layout.Length; at += EntrySize)
        {
            var (first, next, end) = Entry(layout.AsSpan(at));
            yield return new HistoryBatch(first, next, Data[begin..end]);
            begin = end;
        }
    }

    private static (long First, long Next, int End) Entry(ReadOnlySpan<byte> entry) => (
        BinaryPrimitives.ReadInt64LittleEndian(entry),
        BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
        (int)BinaryPrimitives.ReadInt64LittleEndian(entry[16..]));
}
