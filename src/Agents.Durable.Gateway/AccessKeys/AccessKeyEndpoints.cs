using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.AccessKeys;

/// <summary>The routes of an owner's access keys, for operators. Not of Agentex, which leaves users to others.</summary>
internal static class AccessKeyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access_keys", CreateAsync);
        routes.MapGet("/access_keys", ListAsync);
        routes.MapDelete("/access_keys/{key_id}", RevokeAsync);
    }

    private static async Task CreateAsync(HttpContext context, DataContext data, TimeProvider time)
    {
        var owner = OwnerOfOperator(context);
        var body = await RequestBody.ReadObjectAsync(context);
        var name = body.Text("name");
        var roles = body.OptionalTexts("roles") ?? [AccessKeyRoles.User];
        foreach (var unknown in roles.Except(AccessKeyRoles.All))
        {
            body.Problems.Add(body.At("roles"), "enum", $"Input should be one of {string.Join(", ", AccessKeyRoles.All)}, not '{unknown}'");
        }

        body.Problems.ThrowIfAny();
        var key = Secrets.NewKey();
        var row = new AccessKeyRow
        {
            Id = Guid.CreateVersion7().ToString(),
            Owner = owner.Value,
            KeyHash = Secrets.HashOf(key),
            Name = name,
            Roles = [.. roles],
            CreatedAt = time.GetUtcNow(),
        };
        data.AccessKeys.Add(row);
        await data.SaveChangesAsync(context.RequestAborted);
        await Answer.WriteAsync(context, ToWire(row) with { Key = key });
    }

    private static async Task ListAsync(HttpContext context, DataContext data)
    {
        var owner = OwnerOfOperator(context).Value;
        var rows = await data.AccessKeys.AsNoTracking().Where(row => row.Owner == owner).OrderBy(row => row.CreatedAt).ToListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, rows.Select(ToWire).ToArray());
    }

    private static async Task RevokeAsync(HttpContext context, string key_id, DataContext data, TimeProvider time)
    {
        var owner = OwnerOfOperator(context).Value;
        var row = await data.AccessKeys.SingleOrDefaultAsync(row => row.Id == key_id && row.Owner == owner, context.RequestAborted) ?? throw GatewayException.UnknownId(key_id);
        row.RevokedAt ??= time.GetUtcNow();
        await data.SaveChangesAsync(context.RequestAborted);
        await Answer.WriteAsync(context, new Deleted(row.Id, $"Access key '{row.Id}' revoked"));
    }

    private static OwnerId OwnerOfOperator(HttpContext context) => context.GetCaller() is { IsOperator: true } caller
        ? caller.Owner
        : throw new GatewayException(StatusCodes.Status403Forbidden, "Access keys are for operators");

    private static AccessKey ToWire(AccessKeyRow row) => new() { Id = row.Id, Name = row.Name, Roles = row.Roles, CreatedAt = row.CreatedAt, RevokedAt = row.RevokedAt };
}
