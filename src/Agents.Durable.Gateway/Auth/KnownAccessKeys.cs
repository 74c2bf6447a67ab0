using Agents.Durable.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Keys of people and programs: those of the configuration, and those of the table, of which only hashes are known.</summary>
internal sealed class KnownAccessKeys(IOptions<AuthOptions> options, DataContexts contexts)
{
    /// <summary>Whom a key belongs to; null where it is unknown or revoked.</summary>
    public async Task<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var hash = Secrets.HashOf(key);
        foreach (var known in options.Value.Keys)
        {
            if (System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Secrets.HashOf(known.Key), hash))
            {
                return CallerOf(known.Owner, known.Roles.Count == 0 ? [AccessKeyRoles.User] : known.Roles);
            }
        }

        await using var data = contexts.ForEveryone();
        var row = await data.AccessKeys.AsNoTracking().SingleOrDefaultAsync(row => row.KeyHash == hash && row.RevokedAt == null, cancellationToken);
        return row is null ? null : CallerOf(row.Owner, row.Roles);
    }

    private static Caller CallerOf(string owner, IEnumerable<string> roles)
    {
        var held = roles.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new Caller(new OwnerId(owner), null)
        {
            IsOperator = held.Contains(AccessKeyRoles.Operator),
            EnrolsOnly = !held.Contains(AccessKeyRoles.User) && !held.Contains(AccessKeyRoles.Operator),
        };
    }
}
