using System.Net;
using Agents.Durable.Agent.Tests.Steps;
using Agents.Durable.Agent.Tools.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tests.Tools;

public sealed class HttpFetchTests(DatabaseFixture database) : IAsyncLifetime
{
    private readonly List<(string Method, string? Key, string Body)> _seen = [];
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Map("/{**path}", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (_seen)
            {
                _seen.Add((context.Request.Method, context.Request.Headers["Idempotency-Key"].SingleOrDefault(), body));
            }

            if (context.Request.Path == "/gone")
            {
                context.Abort();
                return;
            }

            if (await OddAsync(context))
            {
                return;
            }

            context.Response.StatusCode = context.Request.Path == "/missing" ? 404 : 200;
            await context.Response.WriteAsync($"got {context.Request.Headers["x-mine"]}");
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Fetch_Get_AnswersStatusAndBody()
    {
        await using var world = new AgentWorld(database);
        Assert.Equal("200 OK\nno content type\n\ngot yes", await CallAsync(world, $$"""{"url":"{{_app.Urls.First()}}/","headers":{"x-mine":"yes"} }"""));
        Assert.Equal([("GET", null, "")], _seen);
    }

    [Fact]
    public async Task Fetch_Post_CarriesTheStableKey()
    {
        await using var world = new AgentWorld(database);
        var task = await StartAsync(world, $$"""{"url":"{{_app.Urls.First()}}/","method":"POST","body":"{}","headers":{"idempotency-key":"mine"} }""");
        Assert.Equal([("POST", Durable.Data.Effects.IdempotencyKey.Of(task, "m0-0").Value, "{}")], _seen);
    }

    [Fact]
    public async Task Fetch_ServerRefuses_IsAnErrorForTheModel()
    {
        await using var world = new AgentWorld(database);
        Assert.StartsWith("404 NotFound", await CallAsync(world, $$"""{"url":"{{_app.Urls.First()}}/missing"}""", error: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "is no http or https address")]
    [InlineData("nonsense", "is no http or https address")]
    public async Task Fetch_NoAddress_IsRefused(string url, string message)
    {
        await using var world = new AgentWorld(database);
        Assert.Contains(message, await CallAsync(world, $$"""{"url":"{{url}}"}""", error: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_PrivateAddressWithoutTrust_IsRefusedBeforeConnecting()
    {
        await using var world = new AgentWorld(database, null, ("Auth:Mode", "Keys"));
        Assert.Contains("is not a public address", await CallAsync(world, $$"""{"url":"{{_app.Urls.First()}}/"}""", error: true), StringComparison.Ordinal);
        Assert.Empty(_seen);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b:1::a00:1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("2002:a9fe:a9fe::1", false)]
    [InlineData("2002:808:808::1", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("192.0.0.192", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1", true)]
    public void IsPublic_Address_Known(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("loop", "302 Found", true)]
    [InlineData("latin", "café", false)]
    [InlineData("unknown-charset", "plain", false)]
    [InlineData("binary", "a\uFFFD\uFFFDb", false)]
    [InlineData("bomb", "… cut off", false)]
    [InlineData("no-gzip", "http_fetch failed: ", true)]
    [InlineData("too-short", "failed: ", true)]
    public async Task Fetch_OddAnswer_ModelReadsWhatCanBeRead(string path, string expected, bool error)
    {
        await using var world = new AgentWorld(database, null, ("Agents:ConnectionTries", "1"));
        Assert.Contains(expected, await CallAsync(world, $$"""{"url":"{{_app.Urls.First()}}/{{path}}"}""", error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_PrivateAddressInAnotherSpelling_IsRefused()
    {
        await using var world = new AgentWorld(database, null, ("Auth:Mode", "Keys"));
        Assert.Contains("is not a public address", await CallAsync(world, $$"""{"url":"http://[::ffff:127.0.0.1]:{{new Uri(_app.Urls.First()).Port}}/"}""", error: true), StringComparison.Ordinal);
        Assert.Contains("is not a public address", await CallAsync(world, """{"url":"http://2130706433/"}""", error: true), StringComparison.Ordinal);
        Assert.Empty(_seen);
    }

    private static async Task<bool> OddAsync(HttpContext context)
    {
        var response = context.Response;
        switch (context.Request.Path)
        {
            case "/loop":
                response.Redirect("/loop");
                return true;
            case "/latin":
                response.ContentType = "text/plain; charset=iso-8859-1";
                await response.Body.WriteAsync(new byte[] { (byte)'c', (byte)'a', (byte)'f', 0xE9 });
                return true;
            case "/unknown-charset":
                response.Headers.ContentType = "text/plain; charset=x-nobody";
                await response.WriteAsync("plain");
                return true;
            case "/binary":
                await response.Body.WriteAsync(new byte[] { (byte)'a', 0, 0xFF, (byte)'b' });
                return true;
            case "/bomb":
                response.Headers.ContentEncoding = "gzip";
                await using (var zip = new System.IO.Compression.GZipStream(response.Body, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
                {
                    var zeros = new byte[1_000_000];
                    for (var i = 0; i < 20; i++)
                    {
                        await zip.WriteAsync(zeros);
                    }
                }

                return true;
            case "/no-gzip":
                response.Headers.ContentEncoding = "gzip";
                await response.WriteAsync("this is no gzip at all");
                return true;
            case "/too-short":
                response.ContentLength = 100;
                await response.WriteAsync("short");
                context.Abort();
                return true;
            default:
                return false;
        }
    }

    private static async Task<string> CallAsync(AgentWorld world, string arguments, bool error = false)
    {
        var task = await StartAsync(world, arguments);
        var prefix = error ? "response m0-0 error: " : "response m0-0: ";
        return (await world.MessagesAsync(task)).Single(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }

    private static async Task<string> StartAsync(AgentWorld world, string arguments)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted($$"""[{"tool_calls":[{"name":"http_fetch","arguments":{{arguments}}}]},{"text":"ok"}]""", """["http"]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task).TurnAsync(resume: true);
        return task;
    }
}
