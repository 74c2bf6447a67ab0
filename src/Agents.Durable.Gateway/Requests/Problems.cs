using System.Text.Json;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Collects what is wrong, so that a caller hears of everything at once.</summary>
internal sealed class Problems
{
    private readonly List<Problem> _list = [];

    public IReadOnlyList<Problem> List => _list;

    public void Add(string path, string type, string message, JsonElement? input = null) => _list.Add(new Problem(path, type, message, input));

    /// <exception cref="ValidationException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_list.Count > 0)
        {
            throw new ValidationException(_list);
        }
    }
}
