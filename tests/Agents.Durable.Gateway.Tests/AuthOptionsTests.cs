using Agents.Durable.Gateway.Auth;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Mistakes in the settings of access are told at the start, by the name of what is wrong.</summary>
public sealed class AuthOptionsTests(GatewayServer shared)
{
    private static readonly string s_secret = Convert.ToBase64String(new byte[32]);

    [Theory]
    [InlineData("Auth:MasterKey", null, null, null, "user", "0123456789abcdef")]
    [InlineData("Auth:MasterKey", "c2hvcnQ=", null, null, "user", "0123456789abcdef")]
    [InlineData("Auth:Jwt:SymmetricKey", "", "no base64!", null, "user", "0123456789abcdef")]
    [InlineData("Auth:Jwt:Authority", "", null, "login.example.com", "user", "0123456789abcdef")]
    [InlineData("Auth:Keys:0:Roles", "", null, null, "admin", "0123456789abcdef")]
    [InlineData("Auth:Keys:0:Key", "", null, null, "user", "guess")]
    public async Task Start_WrongSetting_IsRefusedByItsName(string named, string? master, string? symmetric, string? authority, string role, string key)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => shared.StartAsync(options =>
        {
            options.MasterKey = master?.Length == 0 ? s_secret : master;
            options.Jwt.SymmetricKey = symmetric;
            options.Jwt.Authority = authority;
            options.Keys.Add(new ConfiguredKey { Key = key, Owner = "alice", Roles = { role } });
        }));

        Assert.StartsWith(named, Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }
}
