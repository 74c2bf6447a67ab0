using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateNamespaceHandler(Engine engine)
{
    public async ValueTask<UpdateNamespaceResponse> HandleAsync(UpdateNamespaceRequest request, RpcContext context)
    {
        var entry = engine.Namespaces.RequireNamed(request.Namespace);
        if (request.PromoteNamespace)
        {
            throw Faults.Invalid($"global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: {request.Namespace}");
        }

        if (request.DeleteBadBinary.Length > 0)
        {
            throw Faults.Invalid($"Bad binary checksum {request.DeleteBadBinary} doesn't exists.");
        }

        if (request.UpdateInfo is { } info)
        {
            Dictionary<string, string> data = new(entry.Data, StringComparer.Ordinal);
            foreach (var (key, value) in info.Data)
            {
                data[key] = value;
            }

            entry = entry with
            {
                Description = info.Description.Length > 0 ? info.Description : entry.Description,
                OwnerEmail = info.OwnerEmail.Length > 0 ? info.OwnerEmail : entry.OwnerEmail,
                State = info.State != NamespaceState.Unspecified ? info.State : entry.State,
                Data = data,
            };
        }

        if (request.Config?.WorkflowExecutionRetentionTtl is { } retention)
        {
            RegisterNamespaceHandler.CheckRetention(retention.ToSpan());
            entry = entry with { Retention = retention.ToSpan() };
        }

        engine.Namespaces.Set(entry);
        await engine.Settings.SaveAsync();
        return new UpdateNamespaceResponse
        {
            NamespaceInfo = NamespaceViews.Info(entry),
            Config = NamespaceViews.Config(entry, engine),
            ReplicationConfig = NamespaceViews.Replication(),
        };
    }
}
