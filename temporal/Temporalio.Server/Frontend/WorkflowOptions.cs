using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>The options of a run that may change while it runs.</summary>
internal static class WorkflowOptions
{
    /// <summary>The options as they are now. An override that was taken back leaves an empty one behind, which is none.</summary>
    public static WorkflowExecutionOptions Of(Run run)
    {
        var start = run.Info.Start;
        return new() { Priority = start.Priority?.Clone(), VersioningOverride = IsSet(start.VersioningOverride) ? start.VersioningOverride.Clone() : null };
    }

    public static bool IsSet(VersioningOverride? value) => value is not null && value.CalculateSize() > 0;

    /// <summary>The options with what the mask names taken from the others.</summary>
    public static WorkflowExecutionOptions Merged(WorkflowExecutionOptions current, WorkflowExecutionOptions given, FieldMask mask)
    {
        var merged = current.Clone();
        foreach (var path in mask.Paths)
        {
            // Whole messages are replaced, so that one that is not given is taken away.
            switch (path)
            {
                case "priority":
                    merged.Priority = given.Priority?.Clone();
                    break;
                case "versioning_override":
                    merged.VersioningOverride = given.VersioningOverride?.Clone();
                    break;
                default:
                    new FieldMask { Paths = { path } }.Merge(given, merged, new FieldMask.MergeOptions { ReplacePrimitiveFields = true, ReplaceMessageFields = true });
                    break;
            }
        }

        return merged;
    }

    /// <summary>Gives the run other options and says so in its history.</summary>
    public static void Change(RunStep step, WorkflowExecutionOptions options, string identity)
    {
        step.Record(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionOptionsUpdated,
            WorkerMayIgnore = true,
            WorkflowExecutionOptionsUpdatedEventAttributes = new()
            {
                VersioningOverride = Written(options.VersioningOverride),
                UnsetVersioningOverride = !IsSet(options.VersioningOverride),
                Identity = identity,
                Priority = options.Priority,
            },
        });
        var start = step.Run.Info.Start;
        start.Priority = options.Priority;
        if (IsSet(options.VersioningOverride) || start.VersioningOverride is not null)
        {
            start.VersioningOverride = options.VersioningOverride ?? new();
            SearchAttributeValues.SetKeywords(step.Run.Info, "BuildIds", ["unversioned"]);
        }

        step.Touch();
    }

    /// <summary>As history says it, which knows the newer form only.</summary>
    public static VersioningOverride? Written(VersioningOverride? value)
    {
#pragma warning disable CS0612, CS0618 // Clients of the last years say it this way.
        return !IsSet(value) ? null : value!.Behavior == VersioningBehavior.AutoUpgrade ? new() { AutoUpgrade = true } : value;
#pragma warning restore CS0612, CS0618
    }
}
