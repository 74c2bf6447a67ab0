namespace Temporalio.Worker.Interceptors;

/// <summary>Makes the interceptors of a worker. A client interceptor that is one too applies to the client's workers.</summary>
public interface IWorkerInterceptor
{
    /// <summary>Wraps the inbound side of one workflow run.</summary>
    WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => nextInterceptor;

    /// <summary>Wraps the inbound side of one activity attempt.</summary>
    ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => nextInterceptor;
}
