using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Common;

/// <summary>A plugin for clients, workers and replayers that is made of options.</summary>
public class SimplePlugin : ITemporalClientPlugin, ITemporalWorkerPlugin
{
    /// <param name="name">Name, for people.</param>
    /// <param name="options">What to add; copied.</param>
    public SimplePlugin(string name, SimplePluginOptions? options = null)
    {
        Name = name;
        Options = options is null ? new() : (SimplePluginOptions)options.Clone();
    }

    /// <summary>What is added.</summary>
    public SimplePluginOptions Options { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public virtual void ConfigureClient(TemporalClientOptions options)
    {
        options.DataConverter = Replaced(options.DataConverter, Options.DataConverterOption)!;
        options.Interceptors = Extended(options.Interceptors, Options.ClientInterceptorsOption);
    }

    /// <inheritdoc/>
    public virtual Task<TemporalConnection> ConnectAsync(
        TemporalClientConnectOptions options, Func<TemporalClientConnectOptions, Task<TemporalConnection>> continuation) => continuation(options);

    /// <inheritdoc/>
    public virtual void ConfigureWorker(TemporalWorkerOptions options)
    {
        foreach (var activity in Options.Activities)
        {
            options.AddActivity(activity);
        }

        foreach (var workflow in Options.Workflows)
        {
            options.AddWorkflow(workflow);
        }

        options.Interceptors = Extended(options.Interceptors, Options.WorkerInterceptorsOption);
        options.WorkflowFailureExceptionTypes = Extended(options.WorkflowFailureExceptionTypes, Options.WorkflowFailureExceptionTypesOption);
    }

    /// <inheritdoc/>
    public virtual Task<TResult> RunWorkerAsync<TResult>(
        TemporalWorker worker, Func<TemporalWorker, CancellationToken, Task<TResult>> continuation, CancellationToken stoppingToken) =>
        WithinContextAsync(() => continuation(worker, stoppingToken));

    /// <inheritdoc/>
    public virtual void ConfigureReplayer(WorkflowReplayerOptions options)
    {
        foreach (var workflow in Options.Workflows)
        {
            options.AddWorkflow(workflow);
        }

        options.DataConverter = Replaced(options.DataConverter, Options.DataConverterOption)!;
        options.Interceptors = Extended(options.Interceptors, Options.WorkerInterceptorsOption);
        options.WorkflowFailureExceptionTypes = Extended(options.WorkflowFailureExceptionTypes, Options.WorkflowFailureExceptionTypesOption);
    }

    /// <inheritdoc/>
    public virtual Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, CancellationToken, Task<IEnumerable<WorkflowReplayResult>>> continuation,
        CancellationToken cancellationToken) => WithinContextAsync(() => continuation(replayer, cancellationToken));

    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, IAsyncEnumerable<WorkflowReplayResult>> continuation,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync(Options.RunContextBefore).ConfigureAwait(false);
        try
        {
            await foreach (var result in continuation(replayer).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }
        finally
        {
            await CallAsync(Options.RunContextAfter).ConfigureAwait(false);
        }
    }

    private static Task CallAsync(Func<Task>? function) => function?.Invoke() ?? Task.CompletedTask;

    private static T? Replaced<T>(T? existing, SimplePluginOptions.SimplePluginOption<T>? option)
        where T : class => option is null ? existing : option.Configurable is { } change ? change(existing) : option.Constant ?? existing;

    private static IReadOnlyCollection<T>? Extended<T>(
        IReadOnlyCollection<T>? existing, SimplePluginOptions.SimplePluginOption<IReadOnlyCollection<T>>? option) =>
        option is null ? existing : option.Configurable is { } change ? change(existing) : [.. existing ?? [], .. option.Constant ?? []];

    private async Task<T> WithinContextAsync<T>(Func<Task<T>> run)
    {
        await CallAsync(Options.RunContextBefore).ConfigureAwait(false);
        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            await CallAsync(Options.RunContextAfter).ConfigureAwait(false);
        }
    }
}
