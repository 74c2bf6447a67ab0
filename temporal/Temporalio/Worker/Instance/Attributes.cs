using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>Memo and search attributes of one run: those of the start, and the changes since.</summary>
internal sealed class Attributes(WorkflowInstance instance, Memo? startMemo, SearchAttributes? startAttributes)
{
    private Dictionary<string, IRawValue>? _memo;
    private SearchAttributeCollection? _searchAttributes;

    public IReadOnlyDictionary<string, IRawValue> Memo => MutableMemo;

    public SearchAttributeCollection SearchAttributes =>
        _searchAttributes ??= startAttributes is null ? SearchAttributeCollection.Empty : SearchAttributeCollection.FromProto(startAttributes);

    private Dictionary<string, IRawValue> MutableMemo =>
        _memo ??= startMemo?.Fields.ToDictionary(f => f.Key, f => (IRawValue)new RawValue(f.Value)) ?? [];

    public void UpsertMemo(IReadOnlyCollection<MemoUpdate> updates)
    {
        if (updates.Count == 0)
        {
            throw new ArgumentException("At least one update required", nameof(updates));
        }

        var memo = new Memo();
        foreach (var update in updates)
        {
            // A null payload is what removes a value on the server.
            memo.Fields[update.UntypedKey] = instance.PayloadConverter.ToPayload(update.HasValue ? update.UntypedValue : null);
        }

        instance.AddCommand(new() { ModifyWorkflowProperties = new() { UpsertedMemo = memo } });
        foreach (var update in updates)
        {
            if (update.HasValue)
            {
                MutableMemo[update.UntypedKey] = new RawValue(memo.Fields[update.UntypedKey].Clone());
            }
            else
            {
                MutableMemo.Remove(update.UntypedKey);
            }
        }
    }

    public void UpsertSearchAttributes(IReadOnlyCollection<SearchAttributeUpdate> updates)
    {
        if (updates.Count == 0)
        {
            throw new ArgumentException("At least one update required", nameof(updates));
        }

        var proto = new SearchAttributes();
        foreach (var update in updates)
        {
            proto.IndexedFields[update.UntypedKey.Name] = update.HasValue
                ? SearchAttributePayloads.ToPayload(update.UntypedKey, update.UntypedValue)
                : SearchAttributePayloads.ToUnsetPayload(update.UntypedKey);
        }

        instance.AddCommand(new() { UpsertWorkflowSearchAttributes = new() { SearchAttributes = proto } });
        var changed = SearchAttributes.Copy();
        changed.ApplyUpdates(updates);
        _searchAttributes = changed;
    }
}
