namespace Agents.Durable.Data.Transcripts;

/// <summary>
/// The beginnings of transcripts that this process read last, so that a model call reads what is new and not the whole conversation again. Messages are never
/// changed, but a task may be cleaned and begin anew; which transcript a beginning belongs to is told by its birth mark.
/// </summary>
internal sealed class TranscriptCache
{
    /// <summary>Characters of all beginnings together; 64 MiB.</summary>
    private const long MostCharacters = 32 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Beginning>> _byTask = new(StringComparer.Ordinal);
    private readonly LinkedList<Beginning> _byUse = new();
    private long _characters;

    /// <summary>What is known of a task's transcript; null when nothing is.</summary>
    public Beginning? Find(string taskId)
    {
        lock (_lock)
        {
            if (!_byTask.TryGetValue(taskId, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    /// <summary>Keeps a beginning; the longer one of two of the same transcript stays.</summary>
    public void Keep(Beginning beginning)
    {
        lock (_lock)
        {
            if (_byTask.TryGetValue(beginning.TaskId, out var known))
            {
                if (known.Value.Mark == beginning.Mark && known.Value.Entries.Count >= beginning.Entries.Count)
                {
                    return;
                }

                Drop(known);
            }

            _byTask[beginning.TaskId] = _byUse.AddFirst(beginning);
            _characters += beginning.Characters;
            while (_characters > MostCharacters && _byUse.Last is { } oldest)
            {
                Drop(oldest);
            }
        }
    }

    /// <summary>Drops a beginning that belongs to no transcript any more.</summary>
    public void Forget(Beginning beginning)
    {
        lock (_lock)
        {
            if (_byTask.TryGetValue(beginning.TaskId, out var known) && known.Value.Mark == beginning.Mark)
            {
                Drop(known);
            }
        }
    }

    private void Drop(LinkedListNode<Beginning> node)
    {
        _byUse.Remove(node);
        _byTask.Remove(node.Value.TaskId);
        _characters -= node.Value.Characters;
    }

    /// <param name="Mark">Of the transcript's first row: another one means another transcript.</param>
    /// <param name="Entries">The first messages. Longer beginnings may share the array behind them, whose occupied places never change.</param>
    internal sealed record Beginning(string TaskId, string Mark, ArraySegment<TranscriptEntry> Entries, long Characters)
    {
        private const int Overhead = 200;

        public static Beginning Of(string taskId, string mark) => new(taskId, mark, ArraySegment<TranscriptEntry>.Empty, 0);

        /// <summary>The same with one more message. Only the longest beginning is made longer, so nobody else writes to the place.</summary>
        public Beginning With(TranscriptEntry entry)
        {
            var count = Entries.Count;
            var array = Entries.Array!;
            if (count == array.Length || array[count] is not null)
            {
                array = new TranscriptEntry[Math.Max(16, count * 2)];
                Entries.CopyTo(array);
            }

            array[count] = entry;
            return this with { Entries = new ArraySegment<TranscriptEntry>(array, 0, count + 1), Characters = Characters + Size(entry.Message) };
        }

        private static int Size(TranscriptMessage message) =>
            Overhead + message.Text.Length + (message.Reasoning?.Length ?? 0) + (message.Calls?.Sum(call => Overhead + call.Arguments.Length) ?? 0);
    }
}
