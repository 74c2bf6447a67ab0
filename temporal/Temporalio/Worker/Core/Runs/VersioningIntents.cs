using Temporalio.Bridge.Api.Common;

namespace Temporalio.Worker.Core.Runs;

internal static class VersioningIntents
{
    /// <summary>Whether what is started shall run on a compatible build: asked for, or by default where it stays on this task queue.</summary>
    public static bool InheritsBuildId(VersioningIntent intent, string targetQueue, string ownQueue) => intent switch
    {
        VersioningIntent.Compatible => true,
        VersioningIntent.Default => false,
        _ => targetQueue.Length == 0 || targetQueue == ownQueue,
    };
}
