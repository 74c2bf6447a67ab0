using ProtoPriority = Temporalio.Api.Common.V1.Priority;

namespace Temporalio.Common;

/// <summary>Relative importance of tasks within a task queue.</summary>
public sealed record Priority
{
    /// <param name="priorityKey">From 1 upwards; lower is served first. Unset: the server's middle.</param>
    /// <param name="fairnessKey">Tasks are balanced between keys.</param>
    /// <param name="fairnessWeight">Share of a key.</param>
    public Priority(int? priorityKey = null, string? fairnessKey = null, float? fairnessWeight = null)
    {
        PriorityKey = priorityKey;
        FairnessKey = fairnessKey;
        FairnessWeight = fairnessWeight;
    }

    public static Priority Default { get; } = new();

    public int? PriorityKey { get; init; }

    public string? FairnessKey { get; init; }

    public float? FairnessWeight { get; init; }

    internal static Priority FromProto(ProtoPriority? proto) => proto is null
        ? Default
        : new(
            proto.PriorityKey == 0 ? null : proto.PriorityKey,
            proto.FairnessKey.Length == 0 ? null : proto.FairnessKey,
            proto.FairnessWeight == 0 ? null : proto.FairnessWeight);

    internal ProtoPriority ToProto() => new()
    {
        PriorityKey = PriorityKey ?? 0,
        FairnessKey = FairnessKey ?? "",
        FairnessWeight = FairnessWeight ?? 0,
    };
}
