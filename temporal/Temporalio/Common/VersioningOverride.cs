using ProtoOverride = Temporalio.Api.Workflow.V1.VersioningOverride;

namespace Temporalio.Common;

/// <summary>Overrides the versioning behaviour that a workflow type declares.</summary>
public abstract record VersioningOverride
{
    private protected VersioningOverride()
    {
    }

    public enum PinnedOverrideBehavior
    {
        Unspecified = 0,
        Pinned = 1,
    }

    internal ProtoOverride ToProto() => this switch
    {
        Pinned pinned => new()
        {
            Pinned = new()
            {
                Version = pinned.Version.ToProto(),
                Behavior = (ProtoOverride.Types.PinnedOverrideBehavior)(int)pinned.Behavior,
            },
        },
        AutoUpgrade => new() { AutoUpgrade = true },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Stays on one version.</summary>
    public sealed record Pinned(
        WorkerDeploymentVersion Version, PinnedOverrideBehavior Behavior = PinnedOverrideBehavior.Pinned) : VersioningOverride;

    /// <summary>Moves to the current version with every workflow task.</summary>
    public sealed record AutoUpgrade : VersioningOverride;
}
