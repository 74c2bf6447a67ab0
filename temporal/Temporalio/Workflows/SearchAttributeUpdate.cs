using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Sets or removes one search attribute of a workflow.</summary>
public abstract class SearchAttributeUpdate
{
    private protected SearchAttributeUpdate(bool hasValue) => HasValue = hasValue;

    /// <summary>False to remove the attribute.</summary>
    public bool HasValue { get; }

    public abstract SearchAttributeKey UntypedKey { get; }

    /// <exception cref="InvalidOperationException">This is a removal.</exception>
    public abstract object UntypedValue { get; }

    public static SearchAttributeUpdate<T> ValueSet<T>(SearchAttributeKey<T> key, T value)
        where T : notnull => new(key, value, hasValue: true);

    public static SearchAttributeUpdate<T> ValueUnset<T>(SearchAttributeKey<T> key)
        where T : notnull => new(key, default, hasValue: false);
}

/// <inheritdoc cref="SearchAttributeUpdate"/>
public class SearchAttributeUpdate<T> : SearchAttributeUpdate
    where T : notnull
{
    private readonly T? _value;

    internal SearchAttributeUpdate(SearchAttributeKey<T> key, T? value, bool hasValue)
        : base(hasValue)
    {
        Key = key;
        _value = value;
    }

    public SearchAttributeKey<T> Key { get; }

    /// <inheritdoc cref="SearchAttributeUpdate.UntypedValue"/>
    public T Value => HasValue ? _value! : throw new InvalidOperationException("The update removes the attribute");

    public override SearchAttributeKey UntypedKey => Key;

    public override object UntypedValue => Value;
}
