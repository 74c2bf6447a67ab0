using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Durable.Gateway.Tests;

/// <summary>The description of the API says what the routes do.</summary>
public sealed partial class OpenApiTests(GatewayServer server)
{
    [Fact]
    public async Task Document_OfAllRoutesWithABody_RequiresWhatTheyMiss()
    {
        using var calls = new GatewayCalls(server.Address);
        var document = await calls.OkAsync("GET", "/openapi.json");
        // What a name or a parent is looked up by is there, so that the request is what is looked at.
        var agent = await calls.DefineAsync();
        var task = await calls.CreateTaskAsync(agent, $$"""{"name":"{{agent}}"}""");
        var state = await calls.OkAsync("POST", "/states", $$"""{"task_id":"{{task}}","agent_id":"a","state":{} }""");
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { ["{agent_name}"] = agent, ["{task_name}"] = agent, ["{state_id}"] = state.GetProperty("id").GetString()! };
        var wrong = new List<string>();
        var compared = 0;
        foreach (var (method, path, operation) in Operations(document))
        {
            // Definitions have a reader of their own, with words of their own.
            if (!operation.TryGetProperty("requestBody", out var body) || path.EndsWith("/definition", StringComparison.Ordinal))
            {
                continue;
            }

            var schema = Resolved(document, body.GetProperty("content").GetProperty("application/json").GetProperty("schema"));
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).Order(StringComparer.Ordinal).ToList() : [];
            var (status, answer) = await calls.SendAsync(method, Parameter().Replace(path, parameter => known.GetValueOrDefault(parameter.Value) ?? Guid.NewGuid().ToString()), "{}");
            var missing = status == 422 ? Missing().Matches(answer.GetProperty("message").GetString()!).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToList() : [];
            if (!required.SequenceEqual(missing))
            {
                wrong.Add($"{method} {path}: described [{string.Join(", ", required)}], missed [{string.Join(", ", missing)}] ({status})");
            }

            compared++;
        }

        Assert.Equal([], wrong);
        Assert.True(compared > 40, $"{compared} routes have a body");
    }

    [Fact]
    public async Task Document_OfAllRoutes_RefersToWhatItHoldsOnly()
    {
        using var calls = new GatewayCalls(server.Address);
        var document = await calls.OkAsync("GET", "/openapi.json");
        var names = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToHashSet(StringComparer.Ordinal);
        var referred = Reference().Matches(document.GetRawText()).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(referred.Except(names));
        Assert.Equal(
            Operations(document).Where(operation => !NoCaller().IsMatch(operation.Path)).Select(operation => operation.Path),
            Operations(document).Where(operation => operation.Operation.TryGetProperty("security", out _)).Select(operation => operation.Path));
        // What takes a body says which.
        Assert.Equal(
            ["/agents/forward/name/{agent_name}/{path}", "/linear/events", "/slack/commands", "/slack/events", "/slack/interactions"],
            Operations(document).Where(operation => operation.Method is "POST" or "PUT" or "PATCH" && !operation.Operation.TryGetProperty("requestBody", out _) && !NoBody().IsMatch(operation.Path)).Select(operation => operation.Path));
    }

    [Theory]
    [InlineData("/swagger")]
    [InlineData("/api")]
    public async Task Page_ForPeople_HasAllItsParts(string path)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        using var page = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        var parts = PartOfAPage().Matches(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, parts.Count);
        foreach (var part in parts)
        {
            using var answer = await client.GetAsync(new Uri(part, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode && (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length > 1000, part);
        }
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    private static JsonElement Resolved(JsonElement document, JsonElement schema) =>
        document.GetProperty("components").GetProperty("schemas").GetProperty(schema.GetProperty("$ref").GetString()!.Split('/')[^1]);

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"body\.([a-z_]+): Field required")]
    private static partial Regex Missing();

    [GeneratedRegex("\"#/components/schemas/([A-Za-z]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(?:src=|href=|url: )[\"']([^\"']+)[\"']")]
    private static partial Regex PartOfAPage();

    [GeneratedRegex("^/(health|readyz|slack/|linear/|agents/forward/)")]
    private static partial Regex NoCaller();

    [GeneratedRegex("/(promote|trigger|redeliver)$")]
    private static partial Regex NoBody();
}
