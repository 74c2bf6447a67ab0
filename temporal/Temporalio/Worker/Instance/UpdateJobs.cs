using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>Updates of one run: validated, accepted, handled, answered.</summary>
internal sealed class UpdateJobs(WorkflowInstance instance)
{
    public HandlerSet<WorkflowUpdateDefinition> Handlers { get; } = new(instance.Definition.Updates, instance.Definition.DynamicUpdate);

    public void Apply(DoUpdate job) => instance.Queue(() => RunAsync(job));

    private async Task RunAsync(DoUpdate job)
    {
        // Flows to the handler and all it starts, and no further, since this method is a flow of its own.
        WorkflowInstance.CurrentUpdate.Value = new(job.Id, job.Name);
        if (Handlers.Find(job.Name) is not { } definition)
        {
            Reject(job, new InvalidOperationException(
                $"Update handler for {job.Name} expected but not found, known updates: [{Handlers.KnownNames()}]"));
            return;
        }

        if (job.RunValidator && !Validate(job, definition))
        {
            return;
        }

        HandleUpdateInput input;
        try
        {
            // Anew: the validator may have changed what it was given.
            input = Input(job, definition);
        }
        catch (Exception e)
        {
            Reject(job, e);
            return;
        }

        Respond(job, new() { Accepted = new() });
        var running = instance.Handlers.Begin(new(job.Name, job.Id, definition.UnfinishedPolicy));
        try
        {
            var result = await instance.Inbound.HandleUpdateAsync(input);
            Respond(job, new() { Completed = instance.PayloadConverter.ToPayload(result) });
        }
        catch (Exception e) when (instance.Main.FailsWorkflow(e))
        {
            Reject(job, e);
        }
        catch (Exception e)
        {
            instance.FailTask(e);
        }
        finally
        {
            instance.Handlers.End(running);
        }
    }

    /// <returns>False if the update goes no further.</returns>
    private bool Validate(DoUpdate job, WorkflowUpdateDefinition definition)
    {
        using var readOnly = instance.BeginReadOnly($"Update validator for {job.Name} created workflow commands");
        try
        {
            instance.Inbound.ValidateUpdate(Input(job, definition));
        }
        catch (Exception e)
        {
            readOnly.Dispose();
            Reject(job, e);
            return false;
        }

        return !instance.TaskFailed;
    }

    private HandleUpdateInput Input(DoUpdate job, WorkflowUpdateDefinition definition)
    {
        object?[] arguments = definition.Dynamic
            ? [job.Name, ArgumentDecoder.Raw(job.Input)]
            : ArgumentDecoder.Decode(instance.PayloadConverter, definition.Parameters, job.Input);
        return new(job.Id, job.Name, definition, arguments, job.Headers);
    }

    private void Reject(DoUpdate job, Exception e)
    {
        Api.Failure.V1.Failure failure;
        try
        {
            failure = instance.ToFailure(e);
        }
        catch (Exception unwritable)
        {
            // Who sent the update waits for an answer: better one that comes once the code is repaired than none.
            instance.FailTask(unwritable);
            return;
        }

        Respond(job, new() { Rejected = failure });
    }

    private void Respond(DoUpdate job, UpdateResponse response)
    {
        response.ProtocolInstanceId = job.ProtocolInstanceId;
        instance.AddCommand(new() { UpdateResponse = response });
    }
}
