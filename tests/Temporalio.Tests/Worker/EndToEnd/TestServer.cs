using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Testing;
using Temporalio.Worker;

[assembly: AssemblyFixture(typeof(Temporalio.Tests.Worker.EndToEnd.TestServer))]

namespace Temporalio.Tests.Worker.EndToEnd;

/// <summary>One server in memory for all tests of the assembly; tests keep apart by task queue and workflow id.</summary>
public sealed class TestServer : IAsyncLifetime
{
    /// <summary>How long a test waits for something that must happen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private WorkflowEnvironment? _environment;

    public ITemporalClient Client => _environment!.Client;

    public async ValueTask InitializeAsync() => _environment = await WorkflowEnvironment.StartLocalAsync(new()
    {
        SearchAttributes =
        [
            SearchAttributeKey.CreateKeyword("CustomKeywordField"),
            SearchAttributeKey.CreateLong("CustomIntField"),
            SearchAttributeKey.CreateKeyword("GoldenKeyword"),
            SearchAttributeKey.CreateLong("GoldenInt"),
        ],
    });

    public ValueTask DisposeAsync() => _environment!.DisposeAsync();

    /// <summary>A worker of these types on a queue of its own while the body runs. The worker has to stop in time too.</summary>
    public async Task WithWorkerAsync(Action<TemporalWorkerOptions> configure, Func<TestRun, Task> body, ITemporalClient? client = null)
    {
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}");
        configure(options);
        using var worker = new TemporalWorker(client ?? Client, options);
        await worker.ExecuteAsync(() => body(new(client ?? Client, options.TaskQueue!, worker)).WaitAsync(Patience)).WaitAsync(2 * Patience);
    }

    public Task WithWorkerAsync<TWorkflow>(Func<TestRun, Task> body, params Delegate[] activities) => WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<TWorkflow>();
            foreach (var activity in activities)
            {
                options.AddActivity(activity);
            }
        },
        body);
}

/// <summary>What a test's body has at hand.</summary>
public sealed record TestRun(ITemporalClient Client, string TaskQueue, TemporalWorker Worker)
{
    public WorkflowOptions Options(string? id = null) => new(id ?? $"wf-{Guid.NewGuid()}", TaskQueue);
}
