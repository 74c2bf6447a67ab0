using Temporalio.Api.Common.V1;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Execution;

/// <summary>Changes of a run's memo and search attributes. Writing nothing is how a field is removed.</summary>
internal static class RunProperties
{
    public static void Merge(RunInfo info, Memo? upserted)
    {
        if (upserted is null)
        {
            return;
        }

        var memo = info.Memo?.Clone() ?? new Memo();
        foreach (var (name, value) in upserted.Fields)
        {
            if (IsNothing(value))
            {
                memo.Fields.Remove(name);
            }
            else
            {
                memo.Fields[name] = value;
            }
        }

        info.Memo = memo;
    }

    public static void Merge(RunInfo info, SearchAttributes? upserted)
    {
        if (upserted is null)
        {
            return;
        }

        var all = info.SearchAttributes?.Clone() ?? new SearchAttributes();
        foreach (var (name, value) in upserted.IndexedFields)
        {
            if (SearchAttributeCheck.IsNothing(value))
            {
                all.IndexedFields.Remove(name);
            }
            else
            {
                all.IndexedFields[name] = value;
            }
        }

        info.SearchAttributes = all;
    }

    private static bool IsNothing(Payload value) =>
        value.Data.IsEmpty || (value.Metadata.TryGetValue("encoding", out var encoding) && encoding.Span.SequenceEqual("json/plain"u8) && value.Data.Span.SequenceEqual("null"u8));
}
