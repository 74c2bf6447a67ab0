using System.Security.Cryptography;
using Agents.Durable.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>The secret behind all keys that are derived.</summary>
internal sealed class MasterKey(IOptions<AuthOptions> options, DataContexts contexts)
{
    private const string Setting = "development-master-key";
    private const int Bytes = 32;
    private byte[]? _key;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => _key ??= await LoadAsync(cancellationToken);

    private async Task<byte[]> LoadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MasterKey is { Length: > 0 } given)
        {
            return Convert.FromBase64String(given);
        }

        if (options.Value.Mode != AuthMode.Development)
        {
            throw new InvalidOperationException($"{AuthOptions.Section}:{nameof(AuthOptions.MasterKey)} is missing: give 32 random bytes as base64.");
        }

        await using var data = contexts.ForEveryone();
        var fresh = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
        await data.Database.ExecuteSqlAsync($"INSERT INTO settings (name, value) VALUES ({Setting}, {fresh}) ON CONFLICT DO NOTHING", cancellationToken);
        return Convert.FromBase64String(await data.Settings.AsNoTracking().Where(row => row.Name == Setting).Select(row => row.Value).SingleAsync(cancellationToken));
    }
}
