using System.Text;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Agents.Durable.Data.Tests.Stream;

/// <summary>The task stream as one process has it; two of them on one database are two processes.</summary>
internal sealed class StreamProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private StreamProcess(ServiceProvider services) => _services = services;

    public TaskStream Stream => _services.GetRequiredService<TaskStream>();

    public static async Task<StreamProcess> StartAsync(NpgsqlDataSource dataSource, Action<TaskStreamOptions>? configure = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(_ => NpgsqlDataSource.Create(dataSource.ConnectionString))
            .AddTaskStream()
            .Configure<TaskStreamOptions>(o => configure?.Invoke(o))
            .BuildServiceProvider();
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        return new StreamProcess(services);
    }

    public async Task<long> AppendAsync(string taskId, string text, StreamFlags flags = StreamFlags.None) =>
        await Stream.AppendAsync(taskId, Item(text, flags), TestContext.Current.CancellationToken);

    public static StreamItem Item(string text, StreamFlags flags = StreamFlags.None) => new(Encoding.UTF8.GetBytes($"\"{text}\"")) { Flags = flags };

    /// <summary>Reads until the view completes or <paramref name="count"/> frames came.</summary>
    public async Task<List<StreamFrame>> ReadAsync(string taskId, long? after, int count = int.MaxValue)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(DatabaseFixture.Patience);
        var frames = new List<StreamFrame>();
        await foreach (var array in Stream.ReadAsync(taskId, after, patience.Token))
        {
            frames.AddRange(array);
            if (frames.Count >= count)
            {
                break;
            }
        }

        return frames;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
