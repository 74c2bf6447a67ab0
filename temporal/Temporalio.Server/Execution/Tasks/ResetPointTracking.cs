using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>Notes which builds of the worker a run has seen: points to reset to, and search attributes to find runs by.</summary>
internal static class ResetPointTracking
{
    private const int MaxPoints = 20;

    public static void Note(RunStep step, RespondWorkflowTaskCompletedRequest request, long completedEventId)
    {
        var info = step.Run.Info;
        var build = BuildOf(request);
        var known = Known(info, build, request.BinaryChecksum);
        if (!known)
        {
            var points = info.ResetPoints ??= new ResetPoints();
            if (points.Points.Count == MaxPoints)
            {
                points.Points.RemoveAt(0);
            }

            points.Points.Add(new ResetPointInfo
            {
                BuildId = request.WorkerVersionStamp?.BuildId ?? "",
                BinaryChecksum = request.BinaryChecksum,
                RunId = step.Run.RunId,
                FirstWorkflowTaskCompletedId = completedEventId,
                CreateTime = step.Now.ToProto(),
                Resettable = step.Run.Children.Count == 0 && step.Run.Externals.Count == 0,
            });
        }

        if (request.WorkerVersionStamp?.UseVersioning != true)
        {
            // Whoever looks for runs without versioning finds them all by one value.
            AddTo(info, "BuildIds", "unversioned");
        }

        AddTo(info, "BuildIds", build);
        if (request.BinaryChecksum.Length > 0)
        {
            AddTo(info, "BinaryChecksums", request.BinaryChecksum);
        }
    }

    private static string BuildOf(RespondWorkflowTaskCompletedRequest request) => request.WorkerVersionStamp switch
    {
        { UseVersioning: true, BuildId.Length: > 0 } stamp => "versioned:" + stamp.BuildId,
        { BuildId.Length: > 0 } stamp => "unversioned:" + stamp.BuildId,
        _ => "unversioned",
    };

    private static bool Known(RunInfo info, string build, string checksum)
    {
        if (info.ResetPoints is null)
        {
            return false;
        }

        foreach (var point in info.ResetPoints.Points)
        {
            if (checksum.Length > 0 ? point.BinaryChecksum == checksum : point.BuildId == BuildIdOf(build))
            {
                return true;
            }
        }

        return false;
    }

    private static string BuildIdOf(string build) => build.Contains(':') ? build[(build.IndexOf(':') + 1)..] : "";

    private static void AddTo(RunInfo info, string name, string value)
    {
        var attributes = info.SearchAttributes ??= new SearchAttributes();
        List<string> values = [];
        if (attributes.IndexedFields.TryGetValue(name, out var existing))
        {
            var text = existing.Data.Span;
            if (text.IndexOf(JsonSerializer.SerializeToUtf8Bytes(value)) >= 0)
            {
                return;
            }

            values = JsonSerializer.Deserialize<List<string>>(text) ?? [];
        }

        values.Add(value);
        var payload = new Payload { Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(values)) };
        payload.Metadata.Add("encoding", ByteString.CopyFromUtf8("json/plain"));
        payload.Metadata.Add("type", ByteString.CopyFromUtf8("KeywordList"));
        attributes.IndexedFields[name] = payload;
    }
}
