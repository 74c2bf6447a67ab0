using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Worker.Core;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>A recorded worker's options, as far as its requests show them.</summary>
internal static class LiveOptions
{
    // A scenario about a cache of this size; nothing that the worker says tells.
    private const string SmallCache = "workers-small-cache";

#pragma warning disable CS0612 // How a worker without a deployment tells its build.
    public static CoreWorkerOptions Of(LiveRecording recording)
    {
        var requests = recording.Entries.OfType<LiveEntry.Request>().Select(e => e.Message).ToList();
        var completions = requests.OfType<RespondWorkflowTaskCompletedRequest>().ToList();
        var deployment = completions.Select(r => r.DeploymentOptions).FirstOrDefault(d => d is not null);
        var sticky = completions.Select(r => r.StickyAttributes).FirstOrDefault(s => s is not null);
        var build = completions.Select(r => r.WorkerVersionStamp)
            .Concat(requests.OfType<RespondWorkflowTaskFailedRequest>().Select(r => r.WorkerVersion))
            .FirstOrDefault(s => s is not null)?.BuildId;
        return new()
        {
            Namespace = "default",
            TaskQueue = sticky?.WorkerTaskQueue.NormalName ?? TaskQueue(recording),
            Identity = "golden-worker",
            BuildId = deployment?.BuildId ?? build ?? "build",
            DeploymentName = deployment?.DeploymentName,
            UseVersioning = deployment?.WorkerVersioningMode is WorkerVersioningMode.Versioned,
            MaxCachedWorkflows = recording.Name is SmallCache ? 2 : completions.Count > 0 && sticky is null ? 0 : 1000,
        };
    }
#pragma warning restore CS0612

    private static string TaskQueue(LiveRecording recording) => recording.Entries
        .OfType<LiveEntry.Response>().Select(e => e.Message).OfType<PollWorkflowTaskQueueResponse>()
        .FirstOrDefault()?.WorkflowExecutionTaskQueue.Name ?? "tq";
}
