using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Rpc;
using Temporalio.Rpc.Server;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Agents.Durable.Benchmarks.Steps;

/// <summary>The SDK's client and worker, by the server's address as an application has it.</summary>
internal sealed class SdkRunner : IStepRunner
{
    private readonly RpcServer _endpoint;
    private readonly TemporalClient _client;
    private readonly TemporalWorker _worker;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _working;
    private readonly string _queue = "bench-" + Guid.NewGuid().ToString("N");
    private int _id;

    private SdkRunner(RpcServer endpoint, TemporalClient client)
    {
        (_endpoint, _client) = (endpoint, client);
        _worker = new TemporalWorker(client, new TemporalWorkerOptions(_queue)
        {
            MaxConcurrentActivities = 200,
            MaxConcurrentWorkflowTasks = 200,
            MaxConcurrentWorkflowTaskPolls = 16,
            MaxConcurrentActivityTaskPolls = 16,
            // As the agents' worker has it.
            DisableWorkflowTracingEventListener = true,
        }.AddWorkflow<StepsWorkflow>().AddActivity(StepsWorkflow.Step));
        _working = _worker.ExecuteAsync(_stopping.Token);
    }

    public static async Task<SdkRunner> StartAsync(RpcRouter router)
    {
        var endpoint = await RpcServer.StartAsync(router, new RpcServerOptions());
        return new(endpoint, await TemporalClient.ConnectAsync(new(endpoint.Target)));
    }

    public Task RunAsync(int steps) => _client.ExecuteWorkflowAsync(
        (StepsWorkflow workflow) => workflow.RunAsync(steps), new(id: $"{_queue}-{Interlocked.Increment(ref _id)}", taskQueue: _queue));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _working;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of the measurement.
        }

        _worker.Dispose();
        await _endpoint.DisposeAsync();
        _stopping.Dispose();
    }
}

/// <summary>Sequential activities, each of which returns what it is given.</summary>
[Workflow("agent")]
public class StepsWorkflow
{
    private static readonly ActivityOptions s_options = new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) };

    [Activity("step")]
    public static int Step(int number) => number;

    [WorkflowRun]
    public async Task<int> RunAsync(int steps)
    {
        var sum = 0;
        for (var i = 0; i < steps; i++)
        {
            sum += await Workflow.ExecuteActivityAsync(() => Step(i), s_options);
        }

        return sum;
    }
}
