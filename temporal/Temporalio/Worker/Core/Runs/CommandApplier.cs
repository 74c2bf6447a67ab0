using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;
using Command = Temporalio.Api.Command.V1.Command;
using Kind = Temporalio.Bridge.Api.WorkflowCommands.WorkflowCommand.VariantOneofCase;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Turns the workflow's commands into machines, or hands them to the machines they concern.</summary>
internal sealed class CommandApplier(RunMachines run)
{
    public void Apply(IReadOnlyList<WorkflowCommand> commands)
    {
        foreach (var command in commands)
        {
            Apply(command);
        }

        run.ResolveKnownLocalActivities();
        run.PrepareCommands();
    }

    private void Apply(WorkflowCommand command)
    {
        switch (command.VariantCase)
        {
            case Kind.StartTimer:
                Add(MachineKind.Timer, command.StartTimer.Seq, new TimerMachine(run, command.StartTimer), TimerMachine.StartCommand(command.StartTimer), command);
                break;
            case Kind.CancelTimer:
                (run.Index.Find(MachineKind.Timer, command.CancelTimer.Seq) as TimerMachine)?.Cancel(command);
                break;
            case Kind.ScheduleActivity:
                Add(
                    MachineKind.Activity,
                    command.ScheduleActivity.Seq,
                    new ActivityMachine(run, command.ScheduleActivity),
                    StartCommands.Activity(command.ScheduleActivity, run.Context),
                    command);
                break;
            case Kind.RequestCancelActivity:
                (run.Index.Find(MachineKind.Activity, command.RequestCancelActivity.Seq) as ActivityMachine)?.Cancel(command);
                break;
            case Kind.ScheduleLocalActivity:
                ScheduleLocalActivity(command);
                break;
            case Kind.RequestCancelLocalActivity:
                CancelLocalActivity(command.RequestCancelLocalActivity.Seq);
                break;
            case Kind.StartChildWorkflowExecution:
                Add(
                    MachineKind.ChildWorkflow,
                    command.StartChildWorkflowExecution.Seq,
                    new ChildWorkflowMachine(run, command.StartChildWorkflowExecution),
                    StartCommands.Child(command.StartChildWorkflowExecution, run.Context),
                    command);
                break;
            case Kind.CancelChildWorkflowExecution:
                var cancelChild = command.CancelChildWorkflowExecution;
                (run.Index.Find(MachineKind.ChildWorkflow, cancelChild.ChildWorkflowSeq) as ChildWorkflowMachine)?.Cancel(cancelChild.Reason, command);
                break;
            case Kind.SignalExternalWorkflowExecution:
                Add(
                    MachineKind.SignalExternal,
                    command.SignalExternalWorkflowExecution.Seq,
                    new SignalExternalMachine(run, command.SignalExternalWorkflowExecution.Seq),
                    SignalExternalMachine.SignalCommand(command.SignalExternalWorkflowExecution, run.Context.Namespace),
                    command);
                break;
            case Kind.CancelSignalWorkflow:
                (run.Index.Find(MachineKind.SignalExternal, command.CancelSignalWorkflow.Seq) as SignalExternalMachine)?.Cancel();
                break;
            case Kind.RequestCancelExternalWorkflowExecution:
                CancelExternal(command);
                break;
            case Kind.SetPatchMarker:
                SetPatchMarker(command);
                break;
            case Kind.UpsertWorkflowSearchAttributes:
                UpsertSearchAttributes(command);
                break;
            case Kind.ModifyWorkflowProperties:
                run.AddCommand(
                    new RecordedCommandMachine(run, "ModifyWorkflowPropertiesMachine", EventType.WorkflowPropertiesModified),
                    new()
                    {
                        CommandType = CommandType.ModifyWorkflowProperties,
                        ModifyWorkflowPropertiesCommandAttributes = new() { UpsertedMemo = command.ModifyWorkflowProperties.UpsertedMemo },
                    },
                    command);
                break;
            case Kind.UpdateResponse:
                Respond(command.UpdateResponse);
                break;
            case Kind.CompleteWorkflowExecution:
            case Kind.FailWorkflowExecution:
            case Kind.CancelWorkflowExecution:
            case Kind.ContinueAsNewWorkflowExecution:
                Terminate(command);
                break;
            default:
                throw new FatalRunException($"Workflow command {command.VariantCase} is not supported");
        }
    }

    private void Add(MachineKind kind, uint seq, Machine machine, Command outgoing, WorkflowCommand annotations)
    {
        run.Index.Add(kind, seq, machine);
        run.AddCommand(machine, outgoing, annotations);
    }

    private void ScheduleLocalActivity(WorkflowCommand command)
    {
        var schedule = command.ScheduleLocalActivity;
        LocalActivityDefaults.Apply(schedule, run.Context.TimeProvider);
        var machine = new LocalActivityMachine(run, schedule, command, run.Replaying);
        run.Index.Add(MachineKind.LocalActivity, schedule.Seq, machine);
        machine.Schedule();
    }

    private void CancelLocalActivity(uint seq)
    {
        if (run.Index.Find(MachineKind.LocalActivity, seq) is LocalActivityMachine machine)
        {
            machine.Cancel();
        }
        else
        {
            // Its marker is written, but after a failure it may still be backing off in this process.
            run.LocalActivities.EnqueueCancel(seq);
        }
    }

    private void CancelExternal(WorkflowCommand command)
    {
        var cancel = command.RequestCancelExternalWorkflowExecution;
        var target = cancel.WorkflowExecution ?? throw new FatalRunException("Cancel external workflow command had no workflow_execution field");
        Add(
            MachineKind.CancelExternal,
            cancel.Seq,
            new CancelExternalMachine(run, cancel.Seq),
            CancelExternalMachine.RequestCommand(
                target, childOnly: false, $"Cancel requested by workflow with run id {run.RunId} with reason: {cancel.Reason}"),
            command);
    }

    private void SetPatchMarker(WorkflowCommand command)
    {
        var patch = command.SetPatchMarker;
        if (run.Patches.HasCommand(patch.PatchId))
        {
            return;
        }

        run.AddCommand(new PatchMachine(run, patch.PatchId), new PatchMarker(patch.PatchId, patch.Deprecated).ToCommand(), command);

        // A replay upserts only what the first run did, which it did for patches that stand in its history.
        var upserts = run.Flags.Use(CoreFlag.UpsertSearchAttributeOnPatch, record: !run.Replaying)
            && (!run.Replaying || run.Patches.IsKnown(patch.PatchId));
        if (upserts && PatchMarker.ListAsSearchAttribute(run.Patches.WithCommand.Append(patch.PatchId)) is { } attributes)
        {
            Upsert(attributes, command);
        }

        run.Patches.CommandCreated(patch.PatchId);
    }

    private void UpsertSearchAttributes(WorkflowCommand command)
    {
        var attributes = command.UpsertWorkflowSearchAttributes.SearchAttributes;
        run.Start?.AddSearchAttributes(attributes);

        // The patch list is the core's own; the command stays, empty, for histories of workflows that used to write it themselves.
        var writesPatchList = attributes?.IndexedFields.ContainsKey(PatchMarker.SearchAttribute) is true;
        Upsert(
            run.Flags.Use(CoreFlag.UpsertSearchAttributeOnPatch, record: !run.Replaying) && writesPatchList ? new() : attributes ?? new SearchAttributes(),
            command);
    }

    private void Upsert(SearchAttributes attributes, WorkflowCommand annotations) => run.AddCommand(
        new RecordedCommandMachine(run, "UpsertWorkflowSearchAttributesMachine", EventType.UpsertWorkflowSearchAttributes),
        new()
        {
            CommandType = CommandType.UpsertWorkflowSearchAttributes,
            UpsertWorkflowSearchAttributesCommandAttributes = new() { SearchAttributes = attributes },
        },
        annotations);

    private void Respond(UpdateResponse response)
    {
        var machine = run.Index.FindUpdate(response.ProtocolInstanceId);
        machine.Respond(response);
        if (machine.IsSettled)
        {
            run.Index.Forget(machine);
        }
    }

    private void Terminate(WorkflowCommand command)
    {
        var (machine, outgoing) = TerminalCommands.Of(command, run);
        run.AddCommand(machine, outgoing, command);
        run.IsFinished = true;
        run.LocalActivities.Terminate();
    }
}
