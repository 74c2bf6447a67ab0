namespace Temporalio.Worker.Core.Runs;

/// <summary>The patches of a run: which history knows, and which this workflow has asked about.</summary>
internal sealed class PatchBook
{
    private readonly Dictionary<string, bool> _commandCreated = new(StringComparer.Ordinal);

    public IEnumerable<string> WithCommand => _commandCreated.Where(p => p.Value).Select(p => p.Key);

    public void SeenInHistory(string id) => _commandCreated[id] = false;

    public bool IsKnown(string id) => _commandCreated.ContainsKey(id);

    public bool HasCommand(string id) => _commandCreated.GetValueOrDefault(id);

    public void CommandCreated(string id) => _commandCreated[id] = true;
}
