using System.Diagnostics;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;

namespace Agents.Durable.Host.Telemetry;

/// <summary>
/// Carries the trace of a call through the engine: whoever wakes a workflow writes its <c>traceparent</c> into the header, the workflow hands the newest one on to
/// its activities, and each of their attempts is a span below it. The header is in the history, so replays hand on the same.
/// </summary>
internal sealed class TraceContextInterceptor : IClientInterceptor, IWorkerInterceptor
{
    public const string SourceName = "Agents.Durable";
    private const string Header = "traceparent";
    private static readonly ActivitySource s_source = new(SourceName);

    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Client(nextInterceptor);

    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => new Workflow(nextInterceptor);

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new Step(nextInterceptor);

    private static Dictionary<string, Payload> With(IDictionary<string, Payload>? headers, string context) =>
        new(headers ?? new Dictionary<string, Payload>()) { [Header] = DataConverter.Default.PayloadConverter.ToPayload(context) };

    private static string? Of(IReadOnlyDictionary<string, Payload>? headers) =>
        headers?.GetValueOrDefault(Header) is { } payload ? (string?)DataConverter.Default.PayloadConverter.ToValue(payload, typeof(string)) : null;

    private sealed class Client(ClientOutboundInterceptor next) : ClientOutboundInterceptor(next)
    {
        public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
            base.StartWorkflowAsync<TWorkflow, TResult>(Activity.Current?.Id is { } id ? input with { Headers = With(input.Headers, id) } : input);

        public override Task SignalWorkflowAsync(SignalWorkflowInput input) =>
            base.SignalWorkflowAsync(Activity.Current?.Id is { } id ? input with { Headers = With(input.Headers, id) } : input);
    }

    private sealed class Workflow(WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
    {
        private string? _context;

        public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(outbound, this));

        public override Task HandleSignalAsync(HandleSignalInput input)
        {
            _context = Of(input.Headers) ?? _context;
            return base.HandleSignalAsync(input);
        }

        private sealed class Outbound(WorkflowOutboundInterceptor next, Workflow workflow) : WorkflowOutboundInterceptor(next)
        {
            public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
                base.ScheduleActivityAsync<TResult>(workflow._context is { } context ? input with { Headers = With(input.Headers, context) } : input);
        }
    }

    private sealed class Step(ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var info = ActivityExecutionContext.Current.Info;
            using var span = s_source.StartActivity($"agent {input.Activity.Name}", ActivityKind.Consumer, Of(input.Headers));
            span?.SetTag("agent.task.id", info.WorkflowId).SetTag("agent.attempt", info.Attempt);
            try
            {
                return await base.ExecuteActivityAsync(input);
            }
            catch (Exception e)
            {
                span?.SetStatus(ActivityStatusCode.Error, e.Message);
                throw;
            }
        }
    }
}
