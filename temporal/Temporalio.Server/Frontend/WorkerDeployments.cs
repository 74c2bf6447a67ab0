using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>
/// Calls about deployments of workers. This server keeps none, whatever versions its workers name: it answers as the original does where
/// there is none.
/// </summary>
internal sealed class WorkerDeployments(Engine engine)
{
    private const char Separator = '.';
    private const float MaxPercentage = 100;

    public ValueTask<ListWorkerDeploymentsResponse> ListAsync(ListWorkerDeploymentsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        return new(new ListWorkerDeploymentsResponse());
    }

    public ValueTask<DescribeWorkerDeploymentResponse> DescribeAsync(DescribeWorkerDeploymentRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        throw request.DeploymentName.Length == 0 ? Faults.Invalid("WorkerDeploymentName cannot be empty") : NoDeployment(request.DeploymentName);
    }

    public ValueTask<DescribeWorkerDeploymentVersionResponse> DescribeVersionAsync(DescribeWorkerDeploymentVersionRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
#pragma warning disable CS0612 // Clients of the last years say it this way.
        var version = request.Version;
#pragma warning restore CS0612
        throw request.DeploymentVersion is null && version.Length == 0 ? Faults.Invalid("deployment version cannot be empty")
            : request.DeploymentVersion is null && !version.Contains(Separator, StringComparison.Ordinal)
                ? Faults.Invalid($"invalid version string \"{version}\", expected format is \"<deployment_name>.<build_id>\"")
                : Faults.NotFound("Worker Deployment Version not found");
    }

    public ValueTask<SetWorkerDeploymentCurrentVersionResponse> SetCurrentAsync(SetWorkerDeploymentCurrentVersionRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        throw NoDeployment(request.DeploymentName);
    }

    public ValueTask<SetWorkerDeploymentRampingVersionResponse> SetRampingAsync(SetWorkerDeploymentRampingVersionRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        throw request.Percentage is < 0 or > MaxPercentage ? Faults.Invalid("Percentage must be between 0 and 100 (inclusive)") : NoDeployment(request.DeploymentName);
    }

    public ValueTask<DeleteWorkerDeploymentResponse> DeleteAsync(DeleteWorkerDeploymentRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        return request.DeploymentName.Length > 0 ? new(new DeleteWorkerDeploymentResponse()) : throw Faults.Invalid("WorkerDeploymentName cannot be empty");
    }

    public ValueTask<DeleteWorkerDeploymentVersionResponse> DeleteVersionAsync(DeleteWorkerDeploymentVersionRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
#pragma warning disable CS0612 // Clients of the last years say it this way.
        throw NoVersion(request.DeploymentVersion, request.Version);
#pragma warning restore CS0612
    }

    public ValueTask<UpdateWorkerDeploymentVersionMetadataResponse> UpdateMetadataAsync(UpdateWorkerDeploymentVersionMetadataRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
#pragma warning disable CS0612 // Clients of the last years say it this way.
        throw request.UpsertEntries.Count == 0 && request.RemoveEntries.Count == 0
            ? Faults.Invalid("At least one of remove_entries or upsert_entries must be provided")
            : NoVersion(request.DeploymentVersion, request.Version);
#pragma warning restore CS0612
    }

    private static RpcFault NoDeployment(string name) => name.Length == 0
        ? Faults.Invalid("deployment name cannot be empty")
        : Faults.NotFound($"no Worker Deployment found with name '{name}'; does your Worker Deployment have pollers?");

    private static RpcFault NoVersion(Api.Deployment.V1.WorkerDeploymentVersion? version, string text) => version is null && text.Length == 0
        ? Faults.Invalid("deployment version cannot be empty")
        : Faults.WorkflowNotFound($"temporal-sys-worker-deployment:{version?.DeploymentName ?? text.Split(Separator)[0]}", "");
}
