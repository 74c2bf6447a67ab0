using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Worker.Instance;

/// <summary>
/// The handlers of one kind that one run has: those of its type, until the workflow changes them. A change is told, because what had no
/// handler may have one now.
/// </summary>
internal sealed class HandlerSet<T>(IReadOnlyDictionary<string, T> defined, T? dynamic, Action? changed = null) : IDictionary<string, T>
    where T : class
{
    private Dictionary<string, T>? _own;
    private T? _dynamic = dynamic;

    public T? Dynamic
    {
        get => _dynamic;
        set
        {
            _dynamic = value;
            changed?.Invoke();
        }
    }

    public IDictionary<string, T> Named => this;

    public int Count => Current.Count;

    public bool IsReadOnly => false;

    public ICollection<string> Keys => [.. Current.Keys];

    public ICollection<T> Values => [.. Current.Values];

    private IReadOnlyDictionary<string, T> Current => _own ?? defined;

    public T this[string key]
    {
        get => Current[key];
        set
        {
            Own()[key] = value;
            changed?.Invoke();
        }
    }

    /// <summary>The handler of a name; the dynamic one only for names that are not the SDK's own.</summary>
    public T? Find(string name) =>
        Current.TryGetValue(name, out var handler) ? handler : name.StartsWith("__temporal_", StringComparison.Ordinal) ? null : _dynamic;

    public string KnownNames() => string.Join(' ', Current.Keys.Order(StringComparer.Ordinal));

    public void Add(string key, T value)
    {
        Own().Add(key, value);
        changed?.Invoke();
    }

    public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    public bool Remove(string key) => Own().Remove(key);

    public bool Remove(KeyValuePair<string, T> item) => Contains(item) && Own().Remove(item.Key);

    public void Clear() => Own().Clear();

    public bool ContainsKey(string key) => Current.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => Current.TryGetValue(key, out value);

    public bool Contains(KeyValuePair<string, T> item) => Current.TryGetValue(item.Key, out var value) && value == item.Value;

    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, T>>)Own()).CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => Current.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<string, T> Own() => _own ??= new(defined);
}
