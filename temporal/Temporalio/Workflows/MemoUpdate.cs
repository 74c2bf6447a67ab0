namespace Temporalio.Workflows;

/// <summary>A change of one memo value.</summary>
public class MemoUpdate
{
    private readonly object? _value;

    private MemoUpdate(string key, object? value, bool hasValue)
    {
        UntypedKey = key;
        _value = value;
        HasValue = hasValue;
    }

    /// <summary>True if the update sets a value, false if it removes one.</summary>
    public bool HasValue { get; }

    /// <summary>The key.</summary>
    public string UntypedKey { get; }

    /// <summary>The value to set.</summary>
    /// <exception cref="InvalidOperationException">The update removes the value.</exception>
    public object UntypedValue => HasValue ? _value! : throw new InvalidOperationException("Attempt to get value from unset update");

    /// <summary>Sets a value.</summary>
    public static MemoUpdate ValueSet(string key, object value) => new(key, value, true);

    /// <summary>Removes a value.</summary>
    public static MemoUpdate ValueUnset(string key) => new(key, null, false);
}
