namespace Temporalio.Worker.Core.Runs;

/// <summary>Sequence numbers that a workflow has used. They come nearly in order from 1, and are kept in next to no memory if they do.</summary>
internal sealed class SeenNumbers
{
    private readonly HashSet<uint> _beyond = [];
    private uint _upTo;

    public void Add(uint number)
    {
        _beyond.Add(number);
        while (_beyond.Remove(_upTo + 1))
        {
            _upTo++;
        }
    }

    public bool Contains(uint number) => (number > 0 && number <= _upTo) || _beyond.Contains(number);
}
