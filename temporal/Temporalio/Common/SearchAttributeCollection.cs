using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Common;

/// <summary>Search attributes and their values. Immutable to users.</summary>
public class SearchAttributeCollection : IReadOnlyCollection<SearchAttributeKey>
{
    public static readonly SearchAttributeCollection Empty = new([]);

    private readonly SortedDictionary<SearchAttributeKey, object> _values;

    private SearchAttributeCollection(SortedDictionary<SearchAttributeKey, object> values) => _values = values;

    public int Count => _values.Count;

    public IReadOnlyDictionary<SearchAttributeKey, object> UntypedValues => _values;

    public static SearchAttributeCollection FromProto(SearchAttributes searchAttributes)
    {
        var values = new SortedDictionary<SearchAttributeKey, object>();
        foreach (var (name, payload) in searchAttributes.IndexedFields)
        {
            if (SearchAttributePayloads.FromPayload(name, payload) is { } pair)
            {
                values[pair.Key] = pair.Value;
            }
        }
        return values.Count == 0 ? Empty : new(values);
    }

    /// <exception cref="KeyNotFoundException">There is no such attribute.</exception>
    public T Get<T>(SearchAttributeKey<T> key)
        where T : notnull => (T)_values[key];

    public bool TryGetValue<T>(SearchAttributeKey<T> key, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        var found = _values.TryGetValue(key, out var untyped);
        value = found ? (T)untyped! : default;
        return found;
    }

    public bool ContainsKey<T>(SearchAttributeKey<T> key)
        where T : notnull => _values.ContainsKey(key);

    public bool ContainsKey(string key) => _values.Keys.Any(k => k.Name == key);

    public IEnumerator<SearchAttributeKey> GetEnumerator() => _values.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public SearchAttributes ToProto()
    {
        var proto = new SearchAttributes();
        foreach (var (key, value) in _values)
        {
            proto.IndexedFields[key.Name] = SearchAttributePayloads.ToPayload(key, value);
        }
        return proto;
    }

    /// <summary>
    /// Applies updates in place. For the collection of a running workflow only, whose object stays the same over its life.
    /// </summary>
    internal void ApplyUpdates(IEnumerable<SearchAttributeUpdate> updates)
    {
        foreach (var update in updates)
        {
            if (update.HasValue)
            {
                _values[update.UntypedKey] = update.UntypedValue;
            }
            else
            {
                _values.Remove(update.UntypedKey);
            }
        }
    }

    /// <summary>A copy of its own, which <see cref="ApplyUpdates"/> may change.</summary>
    internal SearchAttributeCollection Copy() => new(new(_values));

    /// <summary>Builds a collection.</summary>
    public class Builder
    {
        private readonly SortedDictionary<SearchAttributeKey, object> _values;

        public Builder() => _values = [];

        public Builder(SearchAttributeCollection searchAttributes) => _values = new(searchAttributes._values);

        public Builder Set<T>(SearchAttributeKey<T> key, T value)
            where T : notnull
        {
            _values[key] = value;
            return this;
        }

        public Builder Set(SearchAttributeCollection searchAttributes)
        {
            foreach (var (key, value) in searchAttributes._values)
            {
                _values[key] = value;
            }
            return this;
        }

        public Builder Unset(SearchAttributeKey key)
        {
            _values.Remove(key);
            return this;
        }

        public Builder Unset(string name)
        {
            foreach (var key in _values.Keys.Where(k => k.Name == name).ToArray())
            {
                _values.Remove(key);
            }
            return this;
        }

        public SearchAttributeCollection ToSearchAttributeCollection() => new(new(_values));
    }
}
