namespace Temporalio.Activities;

/// <summary>Marks a method as an activity. The name defaults to the method's, without "Async" if it returns a task.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ActivityAttribute : Attribute
{
    /// <summary>An activity with the default name.</summary>
    public ActivityAttribute()
    {
    }

    /// <summary>An activity with its own name.</summary>
    public ActivityAttribute(string name) => Name = name;

    /// <summary>The name, or <see langword="null"/> for the default.</summary>
    public string? Name { get; }

    /// <summary>True if this activity takes every call that no other one is registered for. It has no name, and one parameter of type <c>IRawValue[]</c>.</summary>
    public bool Dynamic { get; set; }
}
