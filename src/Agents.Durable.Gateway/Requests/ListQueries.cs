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
        IOrderedQueryable<T>? ordered = null;
        if (order.Column is { } column && data.PropertyOf<T>(column) is { } property)
        {
            ordered = By(rows, ordered, property, order.Descending);
        }

        foreach (var next in usual)
        {
            ordered = By(rows, ordered, next, order.Descending);
        }

        return ordered ?? rows;
    }

    /// <summary>The property that a list can be ordered by under this name: names on the wire are those of the columns. Others are ignored, and so are objects.</summary>
    public static string? PropertyOf<T>(this DataContext data, string column)
        where T : class =>
        data.Model.FindEntityType(typeof(T))!.GetProperties().FirstOrDefault(property => property.GetColumnName() == column && property.GetColumnType() != "jsonb")?.Name;

    /// <summary>The row of this id.</summary>
    /// <exception cref="GatewayException">There is none.</exception>
    public static async Task<T> GetAsync<T>(this IQueryable<T> rows, string id, CancellationToken cancellationToken)
        where T : class =>
        await rows.SingleOrDefaultAsync(row => EF.Property<string>(row, "Id") == id, cancellationToken) ?? throw GatewayException.UnknownId(id);

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
