using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>The engine's door to <see cref="ScheduledRuns"/>.</summary>
internal sealed class ScheduledRunActivity(ScheduledRuns runs, TimeProvider time)
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    [Activity(ScheduledRun.Begin)]
    public async Task<string?> BeginAsync(ScheduledFire fire)
    {
        var context = ActivityExecutionContext.Current;
        using var timer = time.CreateTimer(_ => context.Heartbeat(), null, TimeSpan.Zero, s_beat);
        try
        {
            await runs.StartAsync(fire, context.CancellationToken);
            return null;
        }
        catch (AcpException e)
        {
            return e.Message;
        }
        catch (GatewayException e) when (e.Status < StatusCodes.Status500InternalServerError)
        {
            // The agent is gone or the task finished: trying again finds nothing else.
            throw new ApplicationFailureException(e.Message, e, nonRetryable: true);
        }
    }
}
