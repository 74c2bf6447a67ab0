using System.Linq.Expressions;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Lists in order and by pages, and single rows. The order is the column that was asked for, then the usual ones, all in one direction.</summary>
internal static class ListQueries
{
    /// <param name="usual">Properties that decide among equals, most important first; the last one must be unique.</param>
    public static IQueryable<T> InOrder<T>(this IQueryable<T> rows, DataContext data, ListOrder order, params ReadOnlySpan<string> usual)
        where T : class
    {
        var ordered = order.Column is { } column && SortColumns.Find<T>(data, column) is { } property
            ? By(rows, null, SortColumns.KeyOf<T>(property), order.Descending)
            : null;
        foreach (var next in usual)
        {
            ordered = By(rows, ordered, row => EF.Property<object?>(row, next), order.Descending);
        }

        return ordered ?? rows;
    }

    /// <summary>By a column, and equals as they were made, whatever the direction; all as they were made when there is no such column.</summary>
    public static IQueryable<T> InOrderOfMaking<T>(this IQueryable<T> rows, DataContext data, ListOrder order, string making)
        where T : class
    {
        var ordered = order.Column is { } column && column != "id" && SortColumns.Find<T>(data, column) is { } property
            ? By(rows, null, SortColumns.KeyOf<T>(property), order.Descending)
            : null;
        return By(rows, ordered, row => EF.Property<object?>(row, making), false);
    }

    /// <summary>The row of this id.</summary>
    /// <exception cref="GatewayException">There is none.</exception>
    public static async Task<T> GetAsync<T>(this IQueryable<T> rows, string id, CancellationToken cancellationToken)
        where T : class =>
        await rows.SingleOrDefaultAsync(row => EF.Property<string>(row, "Id") == id, cancellationToken) ?? throw GatewayException.UnknownId(id);

    public static IQueryable<T> Page<T>(this IQueryable<T> rows, int limit, int page) =>
        rows.Skip((int)Math.Min(int.MaxValue, (page - 1L) * limit)).Take(limit);

    private static IOrderedQueryable<T> By<T>(IQueryable<T> rows, IOrderedQueryable<T>? ordered, Expression<Func<T, object?>> key, bool descending)
        where T : class => (ordered, descending) switch
    {
        (null, false) => rows.OrderBy(key),
        (null, true) => rows.OrderByDescending(key),
        ({ } some, false) => some.ThenBy(key),
        ({ } some, true) => some.ThenByDescending(key),
    };
}
