using Agents.Durable.Agent.Steps;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.Options;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Runs;

/// <summary>The workflows' activities: each one step, under the id of the task, which is the workflow's. Names are short because they are in every history.</summary>
internal sealed class RunActivities(RunSteps steps, IOptions<AgentRuntimeOptions> options, TimeProvider time)
{
    /// <summary>Signs of life come often enough that two may be lost.</summary>
    private TimeSpan Beat => options.Value.HeartbeatTimeout / 4;

    [Activity("mail")]
    public Task<MailFacts> MailAsync(MailRequest request) => RunAsync((call, token) => steps.Mail.RunAsync(request, call, token));

    [Activity("model")]
    public Task<ModelFacts> ModelAsync(ModelRequest request) => RunAsync((call, token) => steps.Model.RunAsync(request, call, token), Beat);

    [Activity("tool")]
    public Task<ToolFacts> ToolAsync(ToolRequest request) => RunAsync((call, token) => steps.Tool.RunAsync(request, call, token), Beat);

    [Activity("ask")]
    public Task<ModelFacts> AskAsync(AskRequest request) => RunAsync((call, token) => steps.Ask.RunAsync(request, call, token));

    [Activity("skip")]
    public Task SkipAsync(SkipRequest request) => RunAsync((call, token) => DoneAsync(steps.Skip.RunAsync(request, call, token)));

    [Activity("notice")]
    public Task NoticeAsync(NoticeRequest request) => RunAsync((call, token) => DoneAsync(steps.Notice.RunAsync(request, call, token)));

    [Activity("settle")]
    public Task<SettleFacts> SettleAsync(SettleRequest request) => RunAsync((call, token) => steps.Settle.RunAsync(request, call, token));

    [Activity("post")]
    public Task<PostFacts> PostAsync(PostRequest request) => RunAsync((call, token) => steps.Post.RunAsync(request, call, token));

    [Activity("say")]
    public Task<SayFacts> SayAsync(SayRequest request) => RunAsync((call, token) => steps.Say.RunAsync(request, call, token));

    [Activity("list")]
    public Task<IReadOnlyList<MessageContent>> ListAsync(ListRequest request) => RunAsync((call, token) => steps.List.RunAsync(request, call, token));

    [Activity("get-state")]
    public Task<StateFacts> GetStateAsync() => RunAsync(steps.State.GetAsync);

    [Activity("put-state")]
    public Task PutStateAsync(PutStateRequest request) => RunAsync((call, token) => steps.State.PutAsync(request, call, token));

    [Activity("span")]
    public Task SpanAsync(SpanRequest request) => RunAsync((call, token) => steps.Span.RunAsync(request, call, token));

    private static async Task<bool> DoneAsync(Task step)
    {
        await step;
        return true;
    }

    private async Task<T> RunAsync<T>(Func<CallContext, CancellationToken, Task<T>> step, TimeSpan? beat = null)
    {
        var context = ActivityExecutionContext.Current;
        var call = new CallContext
        {
            TaskId = context.Info.WorkflowId ?? throw new InvalidOperationException("This activity belongs to a workflow."),
            Attempt = context.Info.Attempt,
            CancelRequested = () => context.CancelReason is ActivityCancelReason.CancelRequested or ActivityCancelReason.GoneFromServer,
        };
        using var timer = beat is { } period ? time.CreateTimer(_ => context.Heartbeat(), null, period, period) : null;
        try
        {
            return await step(call, context.CancellationToken);
        }
        catch (StepException e)
        {
            throw new ApplicationFailureException(WellFormed.Text(e.Message), e.RetryIn is null ? "Failed" : "Unavailable", nonRetryable: e.RetryIn is null, nextRetryDelay: e.RetryIn);
        }
        catch (DefinitionException e)
        {
            throw new ApplicationFailureException(e.Message, "Definition", nonRetryable: true);
        }
    }
}
