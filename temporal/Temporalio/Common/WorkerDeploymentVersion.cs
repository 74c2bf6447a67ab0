using ProtoVersion = Temporalio.Api.Deployment.V1.WorkerDeploymentVersion;

namespace Temporalio.Common;

/// <summary>One build of one worker deployment.</summary>
public sealed record WorkerDeploymentVersion(string DeploymentName, string BuildId)
{
    /// <param name="canonical"><c>deployment.build</c>; the build id may contain dots, the deployment name may not.</param>
    /// <exception cref="ArgumentException">There is no dot.</exception>
    public static WorkerDeploymentVersion FromCanonicalString(string canonical)
    {
        var dot = canonical.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? throw new ArgumentException($"Cannot parse version string: {canonical}, must be in format <deployment>.<build>", nameof(canonical))
            : new(canonical[..dot], canonical[(dot + 1)..]);
    }

    public string ToCanonicalString() => $"{DeploymentName}.{BuildId}";

    internal static WorkerDeploymentVersion? FromProto(ProtoVersion? proto) =>
        proto is null ? null : new(proto.DeploymentName, proto.BuildId);

    internal ProtoVersion ToProto() => new() { DeploymentName = DeploymentName, BuildId = BuildId };
}
