using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Tests.Worker.EndToEnd;
using Temporalio.Workflows;

namespace Temporalio.Tests.Hosting;

public class HostedWorkerTests(TestServer server)
{
    private readonly string _queue = $"hosted-{Guid.NewGuid()}";

    [Fact]
    public async Task AddHostedTemporalWorker_InjectedClientAndActivitiesOfEveryLifetime_RunsWorkflow()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Counter>();
        builder.Services.AddTemporalClient(server.Client.Connection.Options.TargetHost, "default");
        builder.Services.AddHostedTemporalWorker(_queue)
            .AddSingletonActivities<SingletonActivities>()
            .AddScopedActivities<ScopedActivities>()
            .AddTransientActivities<TransientActivities>()
            .AddStaticActivities(typeof(StaticActivities))
            .AddActivitiesInstance(new GivenActivities("given"))
            .AddWorkflow<LifetimesWorkflow>();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var result = await RunAsync(host.Services.GetRequiredService<ITemporalClient>());

        Assert.Equal(["singleton 1", "singleton 1", "scoped True", "scoped True", "transient", "static", "given"], result);
        Assert.Equal((1, 2, 2), host.Services.GetRequiredService<Counter>().Counts);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AddHostedTemporalWorker_ClientOfItsOwn_RunsWorkflow()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Counter>();
        builder.Services.AddHostedTemporalWorker(server.Client.Connection.Options.TargetHost!, "default", _queue)
            .ConfigureOptions(options => options.MaxConcurrentActivities = 2)
            .AddSingletonActivities<SingletonActivities>()
            .AddScopedActivities<ScopedActivities>()
            .AddTransientActivities<TransientActivities>()
            .AddStaticActivities(typeof(StaticActivities))
            .AddActivitiesInstance(new GivenActivities("given"))
            .AddWorkflow<LifetimesWorkflow>();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("static", (await RunAsync(server.Client))[5]);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void AddHostedTemporalWorker_SameQueueTwice_Throws()
    {
        var services = new ServiceCollection();
        services.AddHostedTemporalWorker(_queue);
        services.AddHostedTemporalWorker(_queue, "build");
        Assert.Throws<InvalidOperationException>(() => services.AddHostedTemporalWorker(_queue));
    }

    [Fact]
    public void Build_NoClient_Throws()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedTemporalWorker(_queue).AddStaticActivities(typeof(StaticActivities));
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetServices<IHostedService>().ToList());
        Assert.Contains("no client", error.Message, StringComparison.Ordinal);
    }

    private async Task<List<string>> RunAsync(ITemporalClient client) =>
        await client.ExecuteWorkflowAsync((LifetimesWorkflow wf) => wf.RunAsync(), new($"wf-{Guid.NewGuid()}", _queue)).WaitAsync(TestServer.Patience);

    public sealed class Counter
    {
        private int _singletons;
        private int _scoped;
        private int _disposedScoped;

        public (int Singletons, int Scoped, int DisposedScoped) Counts => (_singletons, _scoped, _disposedScoped);

        public int AddSingleton() => Interlocked.Increment(ref _singletons);

        public void AddScoped() => Interlocked.Increment(ref _scoped);

        public void AddDisposedScoped() => Interlocked.Increment(ref _disposedScoped);
    }

    public class SingletonActivities(Counter counter)
    {
        private readonly int _number = counter.AddSingleton();

        [Activity]
        public string Singleton() => $"singleton {_number}";
    }

    public sealed class ScopedActivities : IAsyncDisposable
    {
        private readonly Counter _counter;
        private bool _disposed;

        public ScopedActivities(Counter counter)
        {
            _counter = counter;
            counter.AddScoped();
        }

        [Activity]
        public async Task<string> ScopedAsync()
        {
            await Task.Yield();
            return $"scoped {!_disposed && ReferenceEquals(ActivityScope.ScopedInstance, this)}";
        }

        public ValueTask DisposeAsync()
        {
            _disposed = true;
            _counter.AddDisposedScoped();
            return ValueTask.CompletedTask;
        }
    }

    public class TransientActivities
    {
        [Activity]
        public Task<string> TransientAsync() => Task.FromResult("transient");

        [Activity]
        public Task NothingAsync() => Task.CompletedTask;
    }

    public static class StaticActivities
    {
        [Activity]
        public static string Static() => "static";
    }

    public class GivenActivities(string name)
    {
        [Activity]
        public string Given() => name;
    }

    [Workflow]
    public class LifetimesWorkflow
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { MaximumAttempts = 1 } };
            await Workflow.ExecuteActivityAsync((TransientActivities a) => a.NothingAsync(), options);
            return
            [
                await Workflow.ExecuteActivityAsync((SingletonActivities a) => a.Singleton(), options),
                await Workflow.ExecuteActivityAsync((SingletonActivities a) => a.Singleton(), options),
                await Workflow.ExecuteActivityAsync((ScopedActivities a) => a.ScopedAsync(), options),
                await Workflow.ExecuteActivityAsync((ScopedActivities a) => a.ScopedAsync(), options),
                await Workflow.ExecuteActivityAsync((TransientActivities a) => a.TransientAsync(), options),
                await Workflow.ExecuteActivityAsync(() => StaticActivities.Static(), options),
                await Workflow.ExecuteActivityAsync((GivenActivities a) => a.Given(), options),
            ];
        }
    }
}
