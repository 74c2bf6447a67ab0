using System.Collections.Concurrent;
using System.Text.Json;
using Agents.Durable.Agent.Code;
using Agents.Durable.Data.Definitions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tests.Code;

/// <summary>What <c>AddCodeAgent</c> tells a gateway, over real HTTP.</summary>
public sealed class CodeAgentRegistrationTests : IAsyncLifetime
{
    private const int NoAnswer = 0;
    private readonly ConcurrentQueue<(string Path, string? Key, JsonElement Body)> _requests = new();
    private readonly ConcurrentQueue<(int Status, string Body)> _answers = new();
    private WebApplication _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _gateway = builder.Build();
        _gateway.MapPut("/{**path}", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            _requests.Enqueue((context.Request.Path, context.Request.Headers["x-api-key"], body.RootElement.Clone()));
            var answer = _answers.TryDequeue(out var prepared) ? prepared : (200, "{}");
            if (answer.Item1 == NoAnswer)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            context.Response.StatusCode = answer.Item1;
            await context.Response.WriteAsync(answer.Item2);
        });
        await _gateway.StartAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Start_GatewayIsBusyAtFirst_RegistersADefinitionThatItAccepts()
    {
        _answers.Enqueue((503, ""));
        using var registration = Registration(new CodeAgentDefinition
        {
            Description = "Helps",
            Instructions = "Be kind.",
            Model = new CodeAgentModel("scripted") { Parameters = new { script = new[] { new { text = "Hi." } } } },
            Tools = ["workspace", new { name = "pay", on_unknown = "fail" }],
            Limits = new Dictionary<string, double> { ["max_tokens"] = 5_000 },
        });
        await registration.StartAsync(TestContext.Current.CancellationToken);
        await registration.ExecuteTask!.WaitAsync(DatabaseFixture.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(2, _requests.Count);
        var (path, key, body) = _requests.Last();
        Assert.Equal(("/agents/name/helper/definition", "secret"), (path, key));
        var reader = new DefinitionReader();
        var definition = reader.Read(body);
        Assert.Empty(reader.Errors);
        Assert.True(definition!.IsCode);
        Assert.Equal(("scripted", "Be kind.", 5_000L), (definition.Model.Provider, definition.Instructions, definition.Limits.MaxTokens));
        Assert.Equal(["workspace", "pay"], definition.Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Start_AgentWithoutAModel_RegistersOneThatNeedsNone()
    {
        using var registration = Registration(new CodeAgentDefinition());
        await registration.StartAsync(TestContext.Current.CancellationToken);
        await registration.ExecuteTask!.WaitAsync(DatabaseFixture.Patience, TestContext.Current.CancellationToken);
        var reader = new DefinitionReader();
        Assert.Equal("", reader.Read(_requests.Single().Body)?.Model.Provider);
    }

    [Fact]
    public async Task Start_GatewayDoesNotAnswerInTime_IsAskedAgain()
    {
        _answers.Enqueue((NoAnswer, ""));
        using var registration = Registration(new CodeAgentDefinition(), TimeSpan.FromSeconds(1));
        await registration.StartAsync(TestContext.Current.CancellationToken);
        await registration.ExecuteTask!.WaitAsync(DatabaseFixture.Patience, TestContext.Current.CancellationToken);
        Assert.True(_requests.Count > 1);
    }

    [Fact]
    public async Task Stop_GatewayDoesNotAnswer_IsNotWaitedFor()
    {
        _answers.Enqueue((NoAnswer, ""));
        using var registration = Registration(new CodeAgentDefinition());
        await registration.StartAsync(TestContext.Current.CancellationToken);
        await registration.StopAsync(TestContext.Current.CancellationToken).WaitAsync(DatabaseFixture.Patience, TestContext.Current.CancellationToken);
        Assert.True(registration.ExecuteTask!.IsCanceled);
    }

    [Fact]
    public async Task Start_GatewayRefuses_EndsWithItsReason()
    {
        _answers.Enqueue((400, """{"message":"Agent helper is not a code agent"}"""));
        using var registration = Registration(new CodeAgentDefinition());
        await registration.StartAsync(TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => registration.ExecuteTask!.WaitAsync(DatabaseFixture.Patience));
        Assert.Contains("Agent helper is not a code agent", failure.Message, StringComparison.Ordinal);
        Assert.Single(_requests);
    }

    [Fact]
    public void Add_NameOfTheProductsOwnQueue_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddCodeAgent<Helper>("agents"));

    private CodeAgentRegistration Registration(CodeAgentDefinition definition, TimeSpan? timeout = null)
    {
        var address = _gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("CodeAgents:Gateway", address), new("CodeAgents:ApiKey", "secret"), new("CodeAgents:Temporal", "127.0.0.1:9")])
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddCodeAgent<Helper>("helper", definition)
            .AddHttpClient(CodeAgentRegistration.HttpClientName).ConfigureHttpClient(client => client.Timeout = timeout ?? client.Timeout).Services;
        return services.BuildServiceProvider().GetServices<IHostedService>().OfType<CodeAgentRegistration>().Single();
    }
}
