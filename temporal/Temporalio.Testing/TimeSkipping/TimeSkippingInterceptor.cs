using Temporalio.Client.Interceptors;

namespace Temporalio.Testing.TimeSkipping;

/// <summary>Lets time be skipped while a client waits for a workflow's result.</summary>
internal sealed class TimeSkippingInterceptor : IClientInterceptor
{
    private readonly AsyncLocal<bool> _disabled = new();

    /// <summary>Set once the server runs.</summary>
    public TimeSkipper? Skipper { get; set; }

    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Outbound(this, nextInterceptor);

    /// <summary>Runs the function without skipping for what it waits for.</summary>
    public async Task<T> WithoutSkippingAsync<T>(Func<Task<T>> function)
    {
        var before = _disabled.Value;
        _disabled.Value = true;
        try
        {
            return await function().ConfigureAwait(false);
        }
        finally
        {
            _disabled.Value = before;
        }
    }

    private sealed class Outbound(TimeSkippingInterceptor owner, ClientOutboundInterceptor next) : ClientOutboundInterceptor(next)
    {
        public override async Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(FetchWorkflowHistoryEventPageInput input)
        {
            if (!input.WaitNewEvent || owner._disabled.Value || owner.Skipper is not { } skipper)
            {
                return await base.FetchWorkflowHistoryEventPageAsync(input).ConfigureAwait(false);
            }

            using (skipper.Unlock())
            {
                return await base.FetchWorkflowHistoryEventPageAsync(input).ConfigureAwait(false);
            }
        }
    }
}
