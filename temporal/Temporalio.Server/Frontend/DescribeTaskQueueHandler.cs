using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeTaskQueueHandler(Engine engine)
{
    private const int DefaultPriority = 3;
    private const float RateLimit = 1000;

    private static readonly Timestamp s_zeroTime = new() { Seconds = -62135596800 };

    public ValueTask<DescribeTaskQueueResponse> HandleAsync(DescribeTaskQueueRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.TaskQueue is { } queue && queue.Name.StartsWith(Requests.ReservedQueuePrefix, StringComparison.Ordinal) && !Requests.TooLong(queue.Name))
        {
            // Here such a name stands for a partition, and has to be one.
            throw Faults.Invalid($"invalid task queue partition name {queue.Name}");
        }

        Requests.CheckTaskQueue(request.TaskQueue);
        return new(request.ApiMode == DescribeTaskQueueMode.Enhanced ? Enhanced(request) : Plain(request));
    }

    private DescribeTaskQueueResponse Plain(DescribeTaskQueueRequest request)
    {
        var view = View(request, request.TaskQueueType == TaskQueueType.Activity ? TaskQueueType.Activity : TaskQueueType.Workflow);
        var response = new DescribeTaskQueueResponse
        {
            EffectiveRateLimit = new() { RequestsPerSecond = RateLimit, RateLimitSource = RateLimitSource.System },
        };
        response.Pollers.AddRange(Pollers(view));
        if (request.TaskQueue.Kind != TaskQueueKind.Sticky)
        {
            response.VersioningInfo = new() { CurrentVersion = "__unversioned__", UpdateTime = s_zeroTime };
        }

        if (request.IncludeTaskQueueStatus)
        {
            response.TaskQueueStatus = new() { BacklogCountHint = Count(view), RatePerSecond = RateLimit, TaskIdBlock = new() { StartId = 1, EndId = 1 } };
        }

        if (request.ReportStats)
        {
            response.Stats = Stats(Count(view));
            foreach (var (priority, count) in view.Backlog)
            {
                response.StatsByPriorityKey.Add(priority, Stats(count));
            }

            if (!response.StatsByPriorityKey.ContainsKey(DefaultPriority))
            {
                response.StatsByPriorityKey.Add(DefaultPriority, Stats(0));
            }
        }

        return response;
    }

    private DescribeTaskQueueResponse Enhanced(DescribeTaskQueueRequest request)
    {
        var types = request.TaskQueueTypes.Count > 0 ? request.TaskQueueTypes.ToList() : [TaskQueueType.Workflow, TaskQueueType.Activity];
        var version = new TaskQueueVersionInfo
        {
            TaskReachability = request.ReportTaskReachability ? BuildIdTaskReachability.Reachable : BuildIdTaskReachability.Unspecified,
        };
        foreach (var type in types)
        {
            var view = View(request, type);
            var info = new TaskQueueTypeInfo { Stats = request.ReportStats ? Stats(Count(view)) : null };
            if (request.ReportPollers)
            {
                info.Pollers.AddRange(Pollers(view));
            }

            version.TypesInfo.Add((int)type, info);
        }

        return new DescribeTaskQueueResponse { VersionsInfo = { [""] = version } };
    }

    private TaskQueueView View(DescribeTaskQueueRequest request, TaskQueueType type) =>
        engine.Matching.Describe(new TaskQueueKey(request.Namespace, request.TaskQueue.Name, type));

    private static int Count(TaskQueueView view) => view.Backlog.Values.Sum();

    private static TaskQueueStats Stats(int count) => new() { ApproximateBacklogCount = count, ApproximateBacklogAge = new Duration() };

    private static IEnumerable<PollerInfo> Pollers(TaskQueueView view) =>
        view.Pollers.Select(p => new PollerInfo { Identity = p.Identity, LastAccessTime = p.LastAccess.ToProto(), RatePerSecond = 100_000 });
}
