using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

internal sealed class RegisterNamespaceHandler(Engine engine)
{
    private static readonly TimeSpan s_minRetention = TimeSpan.FromHours(1);

    public async ValueTask<RegisterNamespaceResponse> HandleAsync(RegisterNamespaceRequest request, RpcContext context)
    {
        if (request.Namespace.Length == 0)
        {
            throw Faults.NamespaceNotSet();
        }

        if (Requests.TooLong(request.Namespace))
        {
            throw Faults.Invalid("Namespace length exceeds limit.");
        }

        if (request.IsGlobalNamespace)
        {
            throw Faults.Invalid("Cannot register global namespace when not enabled");
        }

        if (request.ActiveClusterName is not ("" or "active"))
        {
            throw Faults.Invalid($"Invalid cluster name: {request.ActiveClusterName}");
        }

        CheckRetention(request.WorkflowExecutionRetentionPeriod.ToSpan());
        var entry = new NamespaceEntry(request.Namespace, engine.Ids.NewId())
        {
            Description = request.Description,
            OwnerEmail = request.OwnerEmail,
            Data = request.Data.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            Retention = request.WorkflowExecutionRetentionPeriod.ToSpan(),
        };
        if (!engine.Namespaces.TryAdd(entry))
        {
            throw new RpcFault(RpcStatusCode.AlreadyExists, $"Namespace \"{request.Namespace}\" already exists", new NamespaceAlreadyExistsFailure());
        }

        await engine.Settings.SaveAsync();
        return new RegisterNamespaceResponse();
    }

    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckRetention(TimeSpan retention)
    {
        if (retention < s_minRetention)
        {
            throw Faults.Invalid("A valid retention period is not set on request.");
        }
    }
}
