using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;
using ProtoVersioningIntent = Temporalio.Bridge.Api.Common.VersioningIntent;

namespace Temporalio.Worker.Instance;

/// <summary>The run method of one run, its arguments, and how flows at the top end: which outcome becomes which command.</summary>
internal sealed class MainRoutine(WorkflowInstance instance, RepeatedField<Payload> payloads)
{
    private object?[]? _arguments;

    public object?[] Arguments => _arguments ??= instance.Definition.Dynamic
        ? [ArgumentDecoder.Raw(payloads)]
        : ArgumentDecoder.Decode(instance.PayloadConverter, instance.Definition.RunCall.Parameters, payloads);

    public void Start() => instance.Queue(() => RunTopLevelAsync(RunAsync));

    /// <summary>True if the exception is the workflow's outcome; any other one is a fault of its code, to be repaired and tried again.</summary>
    public bool FailsWorkflow(Exception e) =>
        e is FailureException or OperationCanceledException
        || IsAny(instance.FailureExceptionTypes, e)
        || IsAny(instance.Environment.FailureExceptionTypes, e);

    public async Task RunTopLevelAsync(Func<Task> flow)
    {
        try
        {
            try
            {
                await flow();
            }
            catch (ContinueAsNewException e)
            {
                AddTerminal(ContinueAsNew(e));
            }
            catch (Exception e) when (instance.CancellationToken.IsCancellationRequested && TemporalException.IsCanceledException(e))
            {
                AddTerminal(new() { CancelWorkflowExecution = new() });
            }
            catch (Exception e) when (FailsWorkflow(e))
            {
                AddTerminal(new() { FailWorkflowExecution = new() { Failure = instance.ToFailure(e) } });
            }
        }
        catch (Exception e)
        {
            instance.FailTask(e);
        }
    }

    private static bool IsAny(IReadOnlyCollection<Type>? types, Exception e) => types is not null && types.Any(t => t.IsInstanceOfType(e));

    private async Task RunAsync()
    {
        var result = await instance.Inbound.ExecuteWorkflowAsync(new(instance.Instance, instance.Definition.RunMethod, Arguments));
        AddTerminal(new() { CompleteWorkflowExecution = new() { Result = instance.PayloadConverter.ToPayload(result) } });
    }

    private void AddTerminal(WorkflowCommand command)
    {
        instance.AddCommand(command);
        if (!instance.IsReplaying)
        {
            instance.Handlers.WarnUnfinished(instance.Logger);
        }
    }

    private WorkflowCommand ContinueAsNew(ContinueAsNewException exception)
    {
        var input = exception.Input;
        var options = input.Options;
        var converter = instance.PayloadConverter;
        var command = new ContinueAsNewWorkflowExecution
        {
            WorkflowType = input.Workflow,
            TaskQueue = options?.TaskQueue ?? string.Empty,
            Arguments = { converter.ToPayloads(input.Args) },
            WorkflowRunTimeout = options?.RunTimeout?.ToDuration(),
            WorkflowTaskTimeout = options?.TaskTimeout?.ToDuration(),
            BackoffStartInterval = options?.BackoffStartInterval?.ToDuration(),
            RetryPolicy = options?.RetryPolicy?.ToProto(),
            SearchAttributes = options?.TypedSearchAttributes?.ToProto(),
            InitialVersioningBehavior = (ContinueAsNewVersioningBehavior)(options?.InitialVersioningBehavior ?? InitialVersioningBehavior.Unspecified),
#pragma warning disable CS0618 // Obsolete, still carried to the server.
            VersioningIntent = (ProtoVersioningIntent)(options?.VersioningIntent ?? VersioningIntent.Unspecified),
#pragma warning restore CS0618
        };
        command.Memo.AddAll(options?.Memo?.Select(m => KeyValuePair.Create(m.Key, converter.ToPayload(m.Value))));
        command.Headers.AddAll(input.Headers);
        return new() { ContinueAsNewWorkflowExecution = command };
    }
}
