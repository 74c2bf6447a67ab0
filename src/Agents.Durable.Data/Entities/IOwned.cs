namespace Agents.Durable.Data.Entities;

/// <summary>A row with an owner; <see cref="DataContext"/> fills it in and filters by it.</summary>
public interface IOwned
{
    string Owner { get; set; }
}
