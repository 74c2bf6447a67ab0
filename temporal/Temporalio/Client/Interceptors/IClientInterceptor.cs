namespace Temporalio.Client.Interceptors;

/// <summary>
/// Intercepts a client's calls. One that also implements <c>IWorkerInterceptor</c> is used by the workers of the client, too.
/// </summary>
public interface IClientInterceptor
{
    /// <param name="nextInterceptor">The next one of the chain, to hand calls on to.</param>
    /// <returns>An interceptor, or <paramref name="nextInterceptor"/> itself.</returns>
    ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => nextInterceptor;
}
