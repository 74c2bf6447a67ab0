using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Requests;

/// <summary>The order of lists: the column that was asked for, then the usual ones, all in one direction.</summary>
internal static class ListQueries
{
    /// <param name="columns">Names on the wire and the properties they order by; other names are ignored.</param>
    /// <param name="usual">Properties that decide among equals, most important first; the last one must be unique.</param>
    public static IQueryable<T> InOrder<T>(this IQueryable<T> rows, ListOrder order, IReadOnlyDictionary<string, string> columns, params ReadOnlySpan<string> usual)
        where T : class
    {
        IOrderedQueryable<T>? ordered = null;
        if (order.Column is { } column && columns.TryGetValue(column, out var property))
        {
            ordered = By(rows, ordered, property, order.Descending);
        }

        foreach (var next in usual)
        {
            ordered = By(rows, ordered, next, order.Descending);
        }

        return ordered ?? rows;
    }

    public static IQueryable<T> Page<T>(this IQueryable<T> rows, int limit, int page) =>
        rows.Skip((int)Math.Min(int.MaxValue, (page - 1L) * limit)).Take(limit);

    private static IOrderedQueryable<T> By<T>(IQueryable<T> rows, IOrderedQueryable<T>? ordered, string property, bool descending)
        where T : class
    {
        Expression<Func<T, object?>> key = row => EF.Property<object?>(row, property);
        return (ordered, descending) switch
        {
            (null, false) => rows.OrderBy(key),
            (null, true) => rows.OrderByDescending(key),
            ({ } some, false) => some.ThenBy(key),
            ({ } some, true) => some.ThenByDescending(key),
        };
    }
}
