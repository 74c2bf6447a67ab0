using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Visibility;
using Temporalio.Server.Visibility.Query;

namespace Temporalio.Server.Frontend;

/// <summary>Runs that match a query, page by page.</summary>
internal static class VisibilityLists
{
    private const string Division = "TemporalNamespaceDivision";
    private const int MaxPageSize = 1000;
    private const int Format = 0x56;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static ParsedQuery Parse(Engine engine, string ns, string query) =>
        QueryParser.Parse(query, name => SearchAttributeRegistry.System.TryGetValue(name, out var type) ? type : engine.SearchAttributes.TypeOf(ns, name));

    /// <summary>The same for a job's query, whose errors have words of their own.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static void ParseForBatch(Engine engine, string ns, string query) =>
        QueryParser.Parse(query, name => SearchAttributeRegistry.System.TryGetValue(name, out var type) ? type : engine.SearchAttributes.TypeOf(ns, name), QueryDialect.Batch);

    public static ValueTask<IReadOnlyList<VisibilityRecord>> FindAsync(Engine engine, string ns, ParsedQuery query)
    {
        // The server's own workflows are there for those only who ask for them.
        var all = query.Names.Contains(Division);
        return engine.Visibility.QueryAsync(ns, r => (all || r.Get(Division) is null) && query.Condition?.Matches(r) != false);
    }

    /// <summary>The page of what matches the query.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT; NOT_FOUND for an unknown namespace.</exception>
    public static async ValueTask<(IEnumerable<VisibilityRecord> Page, ByteString Next)> PageAsync(
        Engine engine, string ns, string query, int pageSize, ByteString token)
    {
        engine.Namespaces.Require(ns);
        return Page(await FindAsync(engine, ns, Parse(engine, ns, query)), pageSize, token);
    }

    /// <summary>The page after the token, and the token of the next one; empty if there is none.</summary>
    public static (IEnumerable<VisibilityRecord> Page, ByteString Next) Page(IReadOnlyList<VisibilityRecord> found, int pageSize, ByteString token)
    {
        var size = pageSize is > 0 and < MaxPageSize ? pageSize : MaxPageSize;
        var first = token.IsEmpty ? 0 : After(found, Decode(token));
        var page = found.Skip(first).Take(size).ToList();
        return (page, page.Count == size ? Encode(page[^1]) : ByteString.Empty);
    }

    private static int After(IReadOnlyList<VisibilityRecord> found, (DateTimeOffset? Close, DateTimeOffset Start, string RunId) last)
    {
        var i = 0;
        while (i < found.Count && !Follows(found[i], last))
        {
            i++;
        }

        return i;
    }

    private static bool Follows(VisibilityRecord record, (DateTimeOffset? Close, DateTimeOffset Start, string RunId) last)
    {
        var byClose = (record.CloseTime ?? DateTimeOffset.MaxValue).CompareTo(last.Close ?? DateTimeOffset.MaxValue);
        var byStart = byClose != 0 ? byClose : record.StartTime.CompareTo(last.Start);
        return byStart < 0 || (byStart == 0 && string.CompareOrdinal(record.RunId, last.RunId) > 0);
    }

    private static ByteString Encode(VisibilityRecord record)
    {
        var writer = new StateWriter();
        writer.Number(Format);
        writer.Time(record.CloseTime);
        writer.Time(record.StartTime);
        writer.Text(record.RunId);
        return UnsafeByteOperations.UnsafeWrap(writer.ToMemory());
    }

    private static (DateTimeOffset? Close, DateTimeOffset Start, string RunId) Decode(ByteString token)
    {
        try
        {
            var reader = new StateReader(token.Span);
            return reader.Number() == Format
                ? (reader.Time(), reader.Time() ?? default, reader.RequiredText())
                : throw new InvalidDataException("Not a page token.");
        }
        catch (InvalidDataException)
        {
            throw Faults.Invalid("Invalid NextPageToken.");
        }
    }
}
