using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Invocation;

namespace Temporalio.Worker.Instance;

/// <summary>The innermost inbound interceptor: from here on, the user's code.</summary>
internal sealed class InboundRoot(WorkflowInstance instance) : WorkflowInboundInterceptor
{
    public override void Init(WorkflowOutboundInterceptor outbound) => instance.Outbound = outbound;

    public override async Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
    {
        var definition = instance.Definition;
        var (call, result) = input.RunMethod == definition.RunMethod
            ? (definition.RunCall, definition.RunResult)
            : (MethodCall.Of(input.RunMethod), TaskResult.Of(input.RunMethod.ReturnType));
        var task = (Task)call.Invoke(input.Instance, input.Args)!;
        await task;
        return result.Read(task);
    }

    public override Task HandleSignalAsync(HandleSignalInput input) => input.Definition.InvokeAsync(instance.Instance, input.Args);

    public override object? HandleQuery(HandleQueryInput input) => input.Definition.Invoke(instance.Instance, input.Args);

    public override void ValidateUpdate(HandleUpdateInput input) => input.Definition.Validate(instance.Instance, input.Args);

    public override async Task<object?> HandleUpdateAsync(HandleUpdateInput input)
    {
        var task = input.Definition.InvokeAsync(instance.Instance, input.Args);
        await task;
        return input.Definition.ReadResult(task);
    }
}
