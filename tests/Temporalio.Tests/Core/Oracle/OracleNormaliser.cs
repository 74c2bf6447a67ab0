using System.Text.RegularExpressions;
using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>Takes out what differs between any two workers: names they invent, builds, and their clocks.</summary>
internal static partial class OracleNormaliser
{
    /// <summary>What a call is about, to tell calls of one method apart.</summary>
    public static string KeyOf(IMessage request) => request switch
    {
        RespondWorkflowTaskCompletedRequest r => r.TaskToken.ToBase64(),
        RespondWorkflowTaskFailedRequest r => r.TaskToken.ToBase64(),
        RespondQueryTaskCompletedRequest r => r.TaskToken.ToBase64(),
        RespondActivityTaskCompletedRequest r => r.TaskToken.ToBase64(),
        RespondActivityTaskFailedRequest r => r.TaskToken.ToBase64(),
        RespondActivityTaskCanceledRequest r => r.TaskToken.ToBase64(),
        RecordActivityTaskHeartbeatRequest r => r.TaskToken.ToBase64(),
        GetWorkflowExecutionHistoryRequest r => r.Execution.RunId,
        _ => throw new ArgumentException(request.Descriptor.Name, nameof(request)),
    };

    public static WorkflowActivation Normalise(WorkflowActivation activation)
    {
        var copy = activation.Clone();
        if (!copy.IsReplaying && copy.DeploymentVersionForCurrentTask is { } version)
        {
            version.BuildId = "build";
        }

        foreach (var job in copy.Jobs)
        {
            // The official core prints its own structure where this one says the message.
            if (job.RemoveFromCache is { } eviction && PrintedFailure().Match(eviction.Message) is { Success: true } printed)
            {
                eviction.Message = printed.Groups[1].Value + Regex.Unescape(printed.Groups[2].Value);
            }

            if (job.RemoveFromCache is { Reason: RemoveFromCache.Types.EvictionReason.Fatal } fatal)
            {
                // Says where in itself it found the error.
                fatal.Message = "Fatal";
            }

            if (job.ResolveActivity?.Result?.Backoff is { } backoff)
            {
                backoff.OriginalScheduleTime = null;
            }
        }

        copy.AvailableInternalFlags.Clear();
        copy.AvailableInternalFlags.Add(activation.AvailableInternalFlags.Order());
        return copy;
    }

    public static ActivityTask Normalise(ActivityTask task)
    {
        var copy = task.Clone();
        if (copy.Start is { IsLocal: true } start)
        {
            start.ScheduledTime = start.StartedTime = start.CurrentAttemptScheduledTime = new();
        }

        return copy;
    }

    public static IMessage Normalise(IMessage request)
    {
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteString());
        switch (copy)
        {
            case RespondWorkflowTaskCompletedRequest completed:
                if (completed.StickyAttributes?.WorkerTaskQueue is { } sticky)
                {
                    sticky.Name = HexName().Replace(sticky.Name, "hex");
                }

                completed.WorkerInstanceKey = string.Empty;
                Sort(completed.SdkMetadata?.CoreUsedFlags);
                Sort(completed.SdkMetadata?.LangUsedFlags);
                foreach (var command in completed.Commands)
                {
                    Normalise(command);
                }

                break;
        }

        return copy;
    }

    private static void Sort(Google.Protobuf.Collections.RepeatedField<uint>? flags)
    {
        if (flags is { Count: > 1 })
        {
            var sorted = flags.Order().ToList();
            flags.Clear();
            flags.Add(sorted);
        }
    }

    private static void Normalise(Command command)
    {
        if (command.RecordMarkerCommandAttributes is { MarkerName: "core_local_activity" } marker)
        {
            foreach (var payload in marker.Details["data"].Payloads_)
            {
                payload.Data = ByteString.CopyFromUtf8(MarkerTime().Replace(payload.Data.ToStringUtf8(), "time"));
            }
        }
    }

    [GeneratedRegex("""^(.*completion failed: )Failure \{ failure: Some\(Failure \{ message: "((?:[^"\\]|\\.)*)".*$""", RegexOptions.Singleline)]
    private static partial Regex PrintedFailure();

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex HexName();

    [GeneratedRegex("""\{"seconds":\d+,"nanos":\d+\}""")]
    private static partial Regex MarkerTime();
}
