using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Code;

/// <summary>Serves the queue of one code agent: its workflow, and its steps too where this program can make them.</summary>
internal sealed class CodeAgentWorker(
    CodeAgentEntry agent, QueueServer server, IOptions<AgentRuntimeOptions> options, ILoggerFactory loggers, RunActivities? activities) : BackgroundService
{
    /// <summary>What the worker serves.</summary>
    public static TemporalWorkerOptions Options(CodeAgentEntry agent, AgentRuntimeOptions runtime, ILoggerFactory loggers, RunActivities? activities)
    {
        var queue = AgentWorker.Options(AgentWorkflows.TaskQueueOf(agent.Name), runtime, loggers).AddWorkflow(WorkflowDefinition.Create(agent.Workflow, agent.Name, null));
        if (activities is null)
        {
            return queue;
        }

        queue.Interceptors = [new StepsHere()];
        return queue.AddAllActivities(activities);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => server.ServeAsync(() => Options(agent, options.Value, loggers, activities), stoppingToken);

    /// <summary>Sends steps to this worker's own queue, so that the tools of its program are there for them.</summary>
    private sealed class StepsHere : IWorkerInterceptor
    {
        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => new Inbound(nextInterceptor);

        private sealed class Inbound(WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
        {
            public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(outbound));
        }

        private sealed class Outbound(WorkflowOutboundInterceptor next) : WorkflowOutboundInterceptor(next)
        {
            public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
            {
                if (input.Options.TaskQueue != AgentWorkflows.TaskQueue)
                {
                    return base.ScheduleActivityAsync<TResult>(input);
                }

                var here = (ActivityOptions)input.Options.Clone();
                here.TaskQueue = null;
                return base.ScheduleActivityAsync<TResult>(input with { Options = here });
            }
        }
    }
}

/// <summary>A code agent of this program.</summary>
internal sealed record CodeAgentEntry(string Name, Type Workflow, CodeAgentDefinition Definition);
