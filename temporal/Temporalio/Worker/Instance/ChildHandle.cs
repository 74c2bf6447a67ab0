using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

internal sealed class ChildHandle<TWorkflow, TResult>(WorkflowInstance instance, ChildState child, string runId) : ChildWorkflowHandle<TWorkflow, TResult>
{
    public override string Id => child.Id;

    public override string FirstExecutionRunId => runId;

    public override Task<TOther> GetResultAsync<TOther>() => instance.Traces.Track(ResultAsync<TOther>());

    public override Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ChildWorkflowSignalOptions? options = null) =>
        instance.Outbound.SignalChildWorkflowAsync(new(Id, signal, args, options, null));

    private async Task<TOther> ResultAsync<TOther>() => child.Converter.PayloadConverter.ToResult<TOther>(await child.Ended);
}
