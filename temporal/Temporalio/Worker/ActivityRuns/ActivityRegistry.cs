using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>The activities of a worker by name.</summary>
internal sealed class ActivityRegistry
{
    private readonly Dictionary<string, ActivityDefinition> _named = [];
    private readonly ActivityDefinition? _dynamic;

    /// <exception cref="ArgumentException">Two activities have one name.</exception>
    public ActivityRegistry(IEnumerable<ActivityDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            if (definition.Name is null)
            {
                _dynamic = _dynamic is null ? definition : throw new ArgumentException("Multiple dynamic activities provided");
            }
            else if (!_named.TryAdd(definition.Name, definition))
            {
                throw new ArgumentException($"Duplicate activity named {definition.Name}");
            }
        }
    }

    public bool IsEmpty => _named.Count == 0 && _dynamic is null;

    /// <exception cref="ApplicationFailureException">No activity has the name.</exception>
    public ActivityDefinition Find(string name) => _named.GetValueOrDefault(name) ?? _dynamic ?? throw new ApplicationFailureException(
        $"Activity {name} is not registered on this worker, available activities: {string.Join(", ", _named.Keys.Order(StringComparer.Ordinal))}",
        errorType: "NotFoundError");
}
