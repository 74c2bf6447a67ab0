using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Converters;
using Temporalio.Worker.Instance;
using Command = Temporalio.Bridge.Api.WorkflowCommands.WorkflowCommand;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Encodes every payload of a completion but search attributes, which the server must be able to read.</summary>
internal static class CompletionEncoder
{
    public static async Task EncodeAsync(WorkflowActivationCompletion completion, InstanceConverters converters)
    {
        var workflow = Encode(converters.Workflow.PayloadCodec!);
        if (completion.StatusCase == WorkflowActivationCompletion.StatusOneofCase.Failed)
        {
            await workflow.ApplyAsync(completion.Failed.Failure_).ConfigureAwait(false);
            return;
        }

        foreach (var command in completion.Successful.Commands)
        {
            if (command.UserMetadata is { } metadata)
            {
                await workflow.ApplyAsync(metadata.Summary).ConfigureAwait(false);
                await workflow.ApplyAsync(metadata.Details).ConfigureAwait(false);
            }

            await EncodeAsync(command, workflow, converters).ConfigureAwait(false);
        }
    }

    private static PayloadCodecs Encode(IPayloadCodec codec) => new(codec, encode: true);

    private static async Task EncodeAsync(Command command, PayloadCodecs workflow, InstanceConverters converters)
    {
        switch (command.VariantCase)
        {
            case Command.VariantOneofCase.ScheduleActivity:
                var activity = Encode(converters.ActivityCodec(command.ScheduleActivity.Seq));
                await activity.ApplyAsync(command.ScheduleActivity.Arguments).ConfigureAwait(false);
                await activity.ApplyAsync(command.ScheduleActivity.Headers).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.ScheduleLocalActivity:
                var local = Encode(converters.ActivityCodec(command.ScheduleLocalActivity.Seq));
                await local.ApplyAsync(command.ScheduleLocalActivity.Arguments).ConfigureAwait(false);
                await local.ApplyAsync(command.ScheduleLocalActivity.Headers).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.StartChildWorkflowExecution:
                var child = Encode(converters.ChildCodec(command.StartChildWorkflowExecution.Seq));
                await child.ApplyAsync(command.StartChildWorkflowExecution.Input).ConfigureAwait(false);
                await child.ApplyAsync(command.StartChildWorkflowExecution.Headers).ConfigureAwait(false);
                await child.ApplyAsync(command.StartChildWorkflowExecution.Memo).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.SignalExternalWorkflowExecution:
                await EncodeAsync(command.SignalExternalWorkflowExecution, converters).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.ContinueAsNewWorkflowExecution:
                await workflow.ApplyAsync(command.ContinueAsNewWorkflowExecution.Arguments).ConfigureAwait(false);
                await workflow.ApplyAsync(command.ContinueAsNewWorkflowExecution.Headers).ConfigureAwait(false);
                await workflow.ApplyAsync(command.ContinueAsNewWorkflowExecution.Memo).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.CompleteWorkflowExecution:
                await workflow.ApplyAsync(command.CompleteWorkflowExecution.Result).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.FailWorkflowExecution:
                await workflow.ApplyAsync(command.FailWorkflowExecution.Failure).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.CancelWorkflowExecution:
                await workflow.ApplyAsync(command.CancelWorkflowExecution.Details).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.RespondToQuery:
                await workflow.ApplyAsync(command.RespondToQuery.Succeeded?.Response).ConfigureAwait(false);
                await workflow.ApplyAsync(command.RespondToQuery.Failed).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.UpdateResponse:
                await workflow.ApplyAsync(command.UpdateResponse.Completed).ConfigureAwait(false);
                await workflow.ApplyAsync(command.UpdateResponse.Rejected).ConfigureAwait(false);
                break;
            case Command.VariantOneofCase.ModifyWorkflowProperties:
                await workflow.ApplyAsync(command.ModifyWorkflowProperties.UpsertedMemo.Fields).ConfigureAwait(false);
                break;
        }
    }

    private static async Task EncodeAsync(SignalExternalWorkflowExecution signal, InstanceConverters converters)
    {
        var target = signal.TargetCase == SignalExternalWorkflowExecution.TargetOneofCase.WorkflowExecution
            ? signal.WorkflowExecution.WorkflowId
            : signal.ChildWorkflowId;
        var codec = Encode(converters.WorkflowCodec(target));
        await codec.ApplyAsync(signal.Args).ConfigureAwait(false);
        await codec.ApplyAsync(signal.Headers).ConfigureAwait(false);
    }
}
