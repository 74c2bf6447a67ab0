using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution;

/// <summary>What a run waits for and has to remember, by the id of the event that began it and in its order.</summary>
internal abstract class PendingTable<T>
    where T : class
{
    private readonly SortedList<long, T> _byEvent = [];

    public int Count => _byEvent.Count;

    public IList<T> All => _byEvent.Values;

    public T? Find(long eventId) => _byEvent.GetValueOrDefault(eventId);

    public void Add(T item) => _byEvent.Add(EventOf(item), item);

    public void Remove(T item) => _byEvent.Remove(EventOf(item));

    public void Save(StateWriter writer)
    {
        writer.Number(_byEvent.Count);
        foreach (var item in _byEvent.Values)
        {
            Save(item, writer);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var i = reader.Integer(); i > 0; i--)
        {
            Add(LoadItem(ref reader));
        }
    }

    protected abstract long EventOf(T item);

    protected abstract void Save(T item, StateWriter writer);

    protected abstract T LoadItem(ref StateReader reader);

    // A loop, since this is asked with every commit: no closure, no enumerator on the heap.
    protected bool Any(Func<T, bool> condition)
    {
        for (var i = 0; i < _byEvent.Count; i++)
        {
            if (condition(_byEvent.Values[i]))
            {
                return true;
            }
        }

        return false;
    }
}
