using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Keys and secrets are told once, when they are made: the database has none of them.</summary>
public sealed class SecretsAtRestTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    [Fact]
    public async Task Keys_OfEveryKind_AreNotInTheDatabase()
    {
        using var alice = server.As(KeyedServer.Alice);
        var agent = await alice.OkAsync("POST", "/agents/register", $$"""{"name":"a-{{Guid.NewGuid():N}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"async"}""");
        var id = agent.GetProperty("id").GetString();
        var github = $"github-{Guid.NewGuid():N}";
        string[] told =
        [
            agent.GetProperty("agent_api_key").GetString()!,
            (await alice.OkAsync("POST", "/agent_api_keys", $$"""{"agent_id":"{{id}}","name":"external"}""")).GetProperty("api_key").GetString()!,
            (await alice.OkAsync("POST", "/agent_api_keys", $$"""{"agent_id":"{{id}}","name":"o/r","api_key_type":"github","api_key":"{{github}}"}""")).GetProperty("api_key").GetString()!,
            (await alice.OkAsync("POST", "/agent_api_keys/webhook-trigger", $$"""{"agent_name":"{{agent.GetProperty("name").GetString()}}","name":"o/s","forward_path":"h"}""")).GetProperty("secret").GetString()!,
            (await alice.OkAsync("POST", "/access_keys", """{"name":"laptop"}""")).GetProperty("key").GetString()!,
        ];

        var stored = await StoredAsync();

        Assert.Contains(id!, stored, StringComparison.Ordinal);
        Assert.All(told, key => Assert.DoesNotContain(key, stored, StringComparison.OrdinalIgnoreCase));
        // Nor as bytes, which are shown in hexadecimal digits.
        Assert.All(told, key => Assert.DoesNotContain(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key)), stored, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Every row of every table, as text.</summary>
    private async Task<string> StoredAsync()
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            SELECT string_agg(query_to_xml(format('SELECT * FROM %I', table_name), true, false, '')::text, '')
            FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            """);
        var text = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        // Bytes are in base64 there.
        return text + string.Concat(System.Text.RegularExpressions.Regex.Matches(text, ">([A-Za-z0-9+/\n]{16,}={0,2})<").Select(match => HexOf(match.Groups[1].Value)));
    }

    private static string HexOf(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Convert.ToHexString(bytes.AsSpan(0, length)) : "";
    }
}
