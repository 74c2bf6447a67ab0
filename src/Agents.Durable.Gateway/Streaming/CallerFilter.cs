using Agents.Durable.Data;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Gateway.Streaming;

/// <summary>Gives each call of a hub the owner that its connection was authenticated as, and tells callers why a call was refused.</summary>
internal sealed class CallerFilter : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        invocationContext.ServiceProvider.GetRequiredService<OwnerScope>().Set(CallerOf(invocationContext.Context).Owner);
        try
        {
            return await next(invocationContext);
        }
        catch (Exception exception) when (exception is GatewayException or AcpException)
        {
            throw new HubException(exception.Message);
        }
    }

    /// <exception cref="InvalidOperationException">The hub was mapped without a caller.</exception>
    public static Caller CallerOf(HubCallerContext context) =>
        context.GetHttpContext()?.GetCaller() ?? throw new InvalidOperationException("A hub connection without a request has no caller.");
}
