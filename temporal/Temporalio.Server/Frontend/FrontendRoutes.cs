using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>The table of what this server answers.</summary>
internal static class FrontendRoutes
{
    public static RpcRouter Build(Engine engine)
    {
        var router = new RpcRouter();
        var service = ServiceReflectionOf<StartWorkflowExecutionRequest>("WorkflowService");
        var routes = new Routes(router, service, engine);
        routes.Add<GetSystemInfoRequest, GetSystemInfoResponse>(new GetSystemInfoHandler().HandleAsync);
        routes.Add<DescribeNamespaceRequest, DescribeNamespaceResponse>(new DescribeNamespaceHandler(engine).HandleAsync);
        routes.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(new StartWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse>(new SignalWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<RequestCancelWorkflowExecutionRequest, RequestCancelWorkflowExecutionResponse>(new RequestCancelWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<TerminateWorkflowExecutionRequest, TerminateWorkflowExecutionResponse>(new TerminateWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<SignalWithStartWorkflowExecutionRequest, SignalWithStartWorkflowExecutionResponse>(new SignalWithStartWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<QueryWorkflowRequest, QueryWorkflowResponse>(new QueryWorkflowHandler(engine).HandleAsync);
        routes.Add<RespondQueryTaskCompletedRequest, RespondQueryTaskCompletedResponse>(new RespondQueryTaskCompletedHandler(engine).HandleAsync);
        routes.Add<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>(new UpdateWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse>(new PollWorkflowExecutionUpdateHandler(engine).HandleAsync);
        routes.Add<DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse>(new DescribeWorkflowExecutionHandler(engine).HandleAsync);
        routes.AddRaw<GetWorkflowExecutionHistoryRequest>(new GetWorkflowExecutionHistoryHandler(engine).HandleAsync);
        routes.AddRaw<PollWorkflowTaskQueueRequest>(new PollWorkflowTaskQueueHandler(engine).HandleAsync);
        routes.Add<RespondWorkflowTaskCompletedRequest, RespondWorkflowTaskCompletedResponse>(new RespondWorkflowTaskCompletedHandler(engine).HandleAsync);
        routes.Add<RespondWorkflowTaskFailedRequest, RespondWorkflowTaskFailedResponse>(new RespondWorkflowTaskFailedHandler(engine).HandleAsync);
        routes.Add<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>(new PollActivityTaskQueueHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskCompletedByIdRequest, RespondActivityTaskCompletedByIdResponse>(new RespondActivityTaskCompletedByIdHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskFailedRequest, RespondActivityTaskFailedResponse>(new RespondActivityTaskFailedHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskFailedByIdRequest, RespondActivityTaskFailedByIdResponse>(new RespondActivityTaskFailedByIdHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskCanceledRequest, RespondActivityTaskCanceledResponse>(new RespondActivityTaskCanceledHandler(engine).HandleAsync);
        routes.Add<RespondActivityTaskCanceledByIdRequest, RespondActivityTaskCanceledByIdResponse>(new RespondActivityTaskCanceledByIdHandler(engine).HandleAsync);
        routes.Add<RecordActivityTaskHeartbeatRequest, RecordActivityTaskHeartbeatResponse>(new RecordActivityTaskHeartbeatHandler(engine).HandleAsync);
        routes.Add<RecordActivityTaskHeartbeatByIdRequest, RecordActivityTaskHeartbeatByIdResponse>(new RecordActivityTaskHeartbeatByIdHandler(engine).HandleAsync);
        routes.Add<ShutdownWorkerRequest, ShutdownWorkerResponse>(new ShutdownWorkerHandler(engine).HandleAsync);
        routes.Add<GetWorkflowExecutionHistoryReverseRequest, GetWorkflowExecutionHistoryReverseResponse>(new GetWorkflowExecutionHistoryReverseHandler(engine).HandleAsync);
        routes.Add<ResetStickyTaskQueueRequest, ResetStickyTaskQueueResponse>(new ResetStickyTaskQueueHandler(engine).HandleAsync);
        routes.Add<ListTaskQueuePartitionsRequest, ListTaskQueuePartitionsResponse>(new ListTaskQueuePartitionsHandler(engine).HandleAsync);
        routes.Add<DescribeTaskQueueRequest, DescribeTaskQueueResponse>(new DescribeTaskQueueHandler(engine).HandleAsync);
        routes.Add<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>(new ExecuteMultiOperationHandler(engine).HandleAsync);
        routes.Add<RecordWorkerHeartbeatRequest, RecordWorkerHeartbeatResponse>(new RecordWorkerHeartbeatHandler(engine).HandleAsync);
        routes.Add<DescribeWorkerRequest, DescribeWorkerResponse>(new DescribeWorkerHandler(engine).HandleAsync);
        routes.Add<GetClusterInfoRequest, GetClusterInfoResponse>(new GetClusterInfoHandler().HandleAsync);
        routes.Add<ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<ScanWorkflowExecutionsRequest, ScanWorkflowExecutionsResponse>(new ScanWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse>(new CountWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<ListOpenWorkflowExecutionsRequest, ListOpenWorkflowExecutionsResponse>(new ListOpenWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<ListClosedWorkflowExecutionsRequest, ListClosedWorkflowExecutionsResponse>(new ListClosedWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<ListArchivedWorkflowExecutionsRequest, ListArchivedWorkflowExecutionsResponse>(new ListArchivedWorkflowExecutionsHandler(engine).HandleAsync);
        routes.Add<ListWorkersRequest, ListWorkersResponse>(new ListWorkersHandler(engine).HandleAsync);
        routes.Add<CountWorkersRequest, CountWorkersResponse>(new CountWorkersHandler(engine).HandleAsync);
        routes.Add<ResetWorkflowExecutionRequest, ResetWorkflowExecutionResponse>(new ResetWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<PauseActivityRequest, PauseActivityResponse>(new PauseActivityHandler(engine).HandleAsync);
        routes.Add<UnpauseActivityRequest, UnpauseActivityResponse>(new UnpauseActivityHandler(engine).HandleAsync);
        routes.Add<ResetActivityRequest, ResetActivityResponse>(new ResetActivityHandler(engine).HandleAsync);
        routes.Add<UpdateActivityOptionsRequest, UpdateActivityOptionsResponse>(new UpdateActivityOptionsHandler(engine).HandleAsync);
        routes.Add<DeleteWorkflowExecutionRequest, DeleteWorkflowExecutionResponse>(new DeleteWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<ListNamespacesRequest, ListNamespacesResponse>(new ListNamespacesHandler(engine).HandleAsync);
        routes.Add<RegisterNamespaceRequest, RegisterNamespaceResponse>(new RegisterNamespaceHandler(engine).HandleAsync);
        routes.Add<UpdateNamespaceRequest, UpdateNamespaceResponse>(new UpdateNamespaceHandler(engine).HandleAsync);
        routes.Add<DeprecateNamespaceRequest, DeprecateNamespaceResponse>(new DeprecateNamespaceHandler(engine).HandleAsync);
        routes.Add<CreateScheduleRequest, CreateScheduleResponse>(new CreateScheduleHandler(engine).HandleAsync);
        routes.Add<DescribeScheduleRequest, DescribeScheduleResponse>(new DescribeScheduleHandler(engine).HandleAsync);
        routes.Add<UpdateScheduleRequest, UpdateScheduleResponse>(new UpdateScheduleHandler(engine).HandleAsync);
        routes.Add<PatchScheduleRequest, PatchScheduleResponse>(new PatchScheduleHandler(engine).HandleAsync);
        routes.Add<DeleteScheduleRequest, DeleteScheduleResponse>(new DeleteScheduleHandler(engine).HandleAsync);
        routes.Add<ListSchedulesRequest, ListSchedulesResponse>(new ListSchedulesHandler(engine).HandleAsync);
        routes.Add<CountSchedulesRequest, CountSchedulesResponse>(new CountSchedulesHandler(engine).HandleAsync);
        routes.Add<ListScheduleMatchingTimesRequest, ListScheduleMatchingTimesResponse>(new ListScheduleMatchingTimesHandler(engine).HandleAsync);
        routes.Add<GetSearchAttributesRequest, GetSearchAttributesResponse>(new GetSearchAttributesHandler().HandleAsync);
        routes.Add<UpdateWorkflowExecutionOptionsRequest, UpdateWorkflowExecutionOptionsResponse>(new UpdateWorkflowExecutionOptionsHandler(engine).HandleAsync);
        routes.Add<PauseWorkflowExecutionRequest, PauseWorkflowExecutionResponse>(new PauseWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<UnpauseWorkflowExecutionRequest, UnpauseWorkflowExecutionResponse>(new UnpauseWorkflowExecutionHandler(engine).HandleAsync);
        routes.Add<UpdateTaskQueueConfigRequest, UpdateTaskQueueConfigResponse>(new UpdateTaskQueueConfigHandler(engine).HandleAsync);
        routes.Add<StartBatchOperationRequest, StartBatchOperationResponse>(new StartBatchOperationHandler(engine).HandleAsync);
        routes.Add<StopBatchOperationRequest, StopBatchOperationResponse>(new StopBatchOperationHandler(engine).HandleAsync);
        routes.Add<DescribeBatchOperationRequest, DescribeBatchOperationResponse>(new DescribeBatchOperationHandler(engine).HandleAsync);
        routes.Add<ListBatchOperationsRequest, ListBatchOperationsResponse>(new ListBatchOperationsHandler(engine).HandleAsync);
        AddDeployments(routes, new WorkerDeployments(engine));
        AddRefusals(routes, new Refusals(engine));
        AddOperatorRoutes(router, engine);
        router.Add<HealthCheckRequest, HealthCheckResponse>(
            ServiceReflectionOf<HealthCheckRequest>("Health").FindMethodByName("Check"), new HealthCheckHandler(engine).HandleAsync);
        return router;
    }

    private static void AddDeployments(Routes routes, WorkerDeployments deployments)
    {
        routes.Add<ListWorkerDeploymentsRequest, ListWorkerDeploymentsResponse>(deployments.ListAsync);
        routes.Add<DescribeWorkerDeploymentRequest, DescribeWorkerDeploymentResponse>(deployments.DescribeAsync);
        routes.Add<DescribeWorkerDeploymentVersionRequest, DescribeWorkerDeploymentVersionResponse>(deployments.DescribeVersionAsync);
        routes.Add<SetWorkerDeploymentCurrentVersionRequest, SetWorkerDeploymentCurrentVersionResponse>(deployments.SetCurrentAsync);
        routes.Add<SetWorkerDeploymentRampingVersionRequest, SetWorkerDeploymentRampingVersionResponse>(deployments.SetRampingAsync);
        routes.Add<DeleteWorkerDeploymentRequest, DeleteWorkerDeploymentResponse>(deployments.DeleteAsync);
        routes.Add<DeleteWorkerDeploymentVersionRequest, DeleteWorkerDeploymentVersionResponse>(deployments.DeleteVersionAsync);
        routes.Add<UpdateWorkerDeploymentVersionMetadataRequest, UpdateWorkerDeploymentVersionMetadataResponse>(deployments.UpdateMetadataAsync);
    }

    private static void AddRefusals(Routes routes, Refusals refusals)
    {
        routes.AddRaw<ListDeploymentsRequest>(refusals.Deployments);
        routes.AddRaw<DescribeDeploymentRequest>(refusals.Deployments);
        routes.AddRaw<GetCurrentDeploymentRequest>(refusals.Deployments);
        routes.AddRaw<SetCurrentDeploymentRequest>(refusals.Deployments);
        routes.AddRaw<GetDeploymentReachabilityRequest>(refusals.Deployments);
        routes.AddRaw<CreateWorkflowRuleRequest>(refusals.Rules);
        routes.AddRaw<DescribeWorkflowRuleRequest>(refusals.Rules);
        routes.AddRaw<DeleteWorkflowRuleRequest>(refusals.Rules);
        routes.AddRaw<ListWorkflowRulesRequest>(refusals.Rules);
        routes.AddRaw<TriggerWorkflowRuleRequest>(refusals.Rules);
        routes.AddRaw<GetWorkerBuildIdCompatibilityRequest>(refusals.Versioning);
        routes.AddRaw<UpdateWorkerBuildIdCompatibilityRequest>(refusals.Versioning);
        routes.AddRaw<GetWorkerVersioningRulesRequest>(refusals.Versioning);
        routes.AddRaw<UpdateWorkerVersioningRulesRequest>(refusals.Versioning);
        routes.AddRaw<GetWorkerTaskReachabilityRequest>(refusals.Versioning);
    }

    private static void AddOperatorRoutes(RpcRouter router, Engine engine)
    {
        var routes = new Routes(router, ServiceReflectionOf<AddSearchAttributesRequest>("OperatorService"), engine);
        routes.Add<AddSearchAttributesRequest, AddSearchAttributesResponse>(new AddSearchAttributesHandler(engine).HandleAsync);
        routes.Add<RemoveSearchAttributesRequest, RemoveSearchAttributesResponse>(new RemoveSearchAttributesHandler(engine).HandleAsync);
        routes.Add<ListSearchAttributesRequest, ListSearchAttributesResponse>(new ListSearchAttributesHandler(engine).HandleAsync);
        routes.Add<ListClustersRequest, ListClustersResponse>(new ListClustersHandler().HandleAsync);
        routes.Add<RemoveRemoteClusterRequest, RemoveRemoteClusterResponse>(new RemoveRemoteClusterHandler().HandleAsync);
        routes.Add<DeleteNamespaceRequest, DeleteNamespaceResponse>(new DeleteNamespaceHandler(engine).HandleAsync);
    }

    private static ServiceDescriptor ServiceReflectionOf<TMessage>(string service)
        where TMessage : IMessage<TMessage>, new()
    {
        foreach (var descriptor in new TMessage().Descriptor.File.Services)
        {
            if (descriptor.Name == service)
            {
                return descriptor;
            }
        }

        throw new InvalidOperationException($"The protocol has no service {service}.");
    }

    private sealed class Routes(RpcRouter router, ServiceDescriptor service, Engine engine)
    {
        public void Add<TRequest, TResponse>(Func<TRequest, RpcContext, ValueTask<TResponse>> handler)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage =>
            AddRaw<TRequest>(async (request, context) => new RpcReply(await handler(request, context)));

        public void AddRaw<TRequest>(Func<TRequest, RpcContext, ValueTask<RpcReply>> handler)
            where TRequest : class, IMessage<TRequest>, new()
        {
            var name = typeof(TRequest).Name;
            var method = service.FindMethodByName(name[..^"Request".Length]);
            router.Add(method, (request, context) => engine.Stopped is { } stopped ? throw stopped : handler((TRequest)request, context));
        }
    }
}
