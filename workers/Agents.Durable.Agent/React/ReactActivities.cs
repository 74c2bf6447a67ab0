using Agents.Durable.Agent.Steps;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.Options;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.React;

/// <summary>The workflow's activities: each one step, under the id of the task, which is the workflow's. Names are short because they are in every history.</summary>
internal sealed class ReactActivities(
    MailStep mail, ModelStep model, ToolStep tool, SkipStep skip, NoticeStep notice, SettleStep settle, PostStep post, IOptions<AgentRuntimeOptions> options, TimeProvider time)
{
    /// <summary>Signs of life come often enough that two may be lost.</summary>
    private TimeSpan Beat => options.Value.HeartbeatTimeout / 4;

    [Activity("mail")]
    public Task<MailFacts> MailAsync(MailRequest request) => RunAsync((call, token) => mail.RunAsync(request, call, token));

    [Activity("model")]
    public Task<ModelFacts> ModelAsync(ModelRequest request) => RunAsync((call, token) => model.RunAsync(request, call, token), Beat);

    [Activity("tool")]
    public Task<ToolFacts> ToolAsync(ToolRequest request) => RunAsync((call, token) => tool.RunAsync(request, call, token), Beat);

    [Activity("skip")]
    public Task SkipAsync(SkipRequest request) => RunAsync(async (call, token) =>
    {
        await skip.RunAsync(request, call, token);
        return true;
    });

    [Activity("notice")]
    public Task NoticeAsync(NoticeRequest request) => RunAsync(async (call, token) =>
    {
        await notice.RunAsync(request, call, token);
        return true;
    });

    [Activity("settle")]
    public Task<SettleFacts> SettleAsync(SettleRequest request) => RunAsync((call, token) => settle.RunAsync(request, call, token));

    [Activity("post")]
    public Task<PostFacts> PostAsync(PostRequest request) => RunAsync((call, token) => post.RunAsync(request, call, token));

    private async Task<T> RunAsync<T>(Func<CallContext, CancellationToken, Task<T>> step, TimeSpan? beat = null)
    {
        var context = ActivityExecutionContext.Current;
        var call = new CallContext
        {
            TaskId = context.Info.WorkflowId ?? throw new InvalidOperationException("This activity belongs to a workflow."),
            Attempt = context.Info.Attempt,
            CancelRequested = () => context.CancelReason is ActivityCancelReason.CancelRequested or ActivityCancelReason.GoneFromServer,
        };
        using var timer = beat is { } period ? time.CreateTimer(_ => context.Heartbeat(), null, TimeSpan.Zero, period) : null;
        try
        {
            return await step(call, context.CancellationToken);
        }
        catch (StepException e)
        {
            throw new ApplicationFailureException(e.Message, e.RetryIn is null ? "Failed" : "Unavailable", nonRetryable: e.RetryIn is null, nextRetryDelay: e.RetryIn);
        }
        catch (DefinitionException e)
        {
            throw new ApplicationFailureException(e.Message, "Definition", nonRetryable: true);
        }
    }
}
