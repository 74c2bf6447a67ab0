using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.ChildWorkflow;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Converters;
using Temporalio.Worker.Instance;
using Job = Temporalio.Bridge.Api.WorkflowActivation.WorkflowActivationJob;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Decodes every payload of an activation but search attributes, which the server must be able to read.</summary>
internal static class ActivationDecoder
{
    public static async Task DecodeAsync(WorkflowActivation activation, InstanceConverters converters)
    {
        foreach (var job in activation.Jobs)
        {
            await DecodeAsync(job, converters).ConfigureAwait(false);
        }
    }

    private static async Task DecodeAsync(Job job, InstanceConverters converters)
    {
        var workflow = new PayloadCodecs(converters.Workflow.PayloadCodec!, encode: false);
        switch (job.VariantCase)
        {
            case Job.VariantOneofCase.InitializeWorkflow:
                await DecodeAsync(job.InitializeWorkflow, workflow).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.QueryWorkflow:
                await workflow.ApplyAsync(job.QueryWorkflow.Arguments).ConfigureAwait(false);
                await workflow.ApplyAsync(job.QueryWorkflow.Headers).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.SignalWorkflow:
                await workflow.ApplyAsync(job.SignalWorkflow.Input).ConfigureAwait(false);
                await workflow.ApplyAsync(job.SignalWorkflow.Headers).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.DoUpdate:
                await workflow.ApplyAsync(job.DoUpdate.Input).ConfigureAwait(false);
                await workflow.ApplyAsync(job.DoUpdate.Headers).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.ResolveActivity:
                await DecodeAsync(job.ResolveActivity.Result, Decode(converters.ActivityCodec(job.ResolveActivity.Seq))).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.ResolveChildWorkflowExecutionStart:
                await Decode(converters.ChildCodec(job.ResolveChildWorkflowExecutionStart.Seq))
                    .ApplyAsync(job.ResolveChildWorkflowExecutionStart.Cancelled?.Failure).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.ResolveChildWorkflowExecution:
                await DecodeAsync(
                    job.ResolveChildWorkflowExecution.Result, Decode(converters.ChildCodec(job.ResolveChildWorkflowExecution.Seq))).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.ResolveSignalExternalWorkflow:
                await workflow.ApplyAsync(job.ResolveSignalExternalWorkflow.Failure).ConfigureAwait(false);
                break;
            case Job.VariantOneofCase.ResolveRequestCancelExternalWorkflow:
                await workflow.ApplyAsync(job.ResolveRequestCancelExternalWorkflow.Failure).ConfigureAwait(false);
                break;
        }
    }

    private static PayloadCodecs Decode(IPayloadCodec codec) => new(codec, encode: false);

    private static async Task DecodeAsync(InitializeWorkflow init, PayloadCodecs codec)
    {
        await codec.ApplyAsync(init.Arguments).ConfigureAwait(false);
        await codec.ApplyAsync(init.Headers).ConfigureAwait(false);
        await codec.ApplyAsync(init.ContinuedFailure).ConfigureAwait(false);
        await codec.ApplyAsync(init.LastCompletionResult).ConfigureAwait(false);
        if (init.Memo is not null)
        {
            await codec.ApplyAsync(init.Memo.Fields).ConfigureAwait(false);
        }
    }

    private static async Task DecodeAsync(ActivityResolution resolution, PayloadCodecs codec)
    {
        await codec.ApplyAsync(resolution.Completed?.Result).ConfigureAwait(false);
        await codec.ApplyAsync(resolution.Failed?.Failure_).ConfigureAwait(false);
        await codec.ApplyAsync(resolution.Cancelled?.Failure).ConfigureAwait(false);
    }

    private static async Task DecodeAsync(ChildWorkflowResult result, PayloadCodecs codec)
    {
        await codec.ApplyAsync(result.Completed?.Result).ConfigureAwait(false);
        await codec.ApplyAsync(result.Failed?.Failure_).ConfigureAwait(false);
        await codec.ApplyAsync(result.Cancelled?.Failure).ConfigureAwait(false);
    }
}
