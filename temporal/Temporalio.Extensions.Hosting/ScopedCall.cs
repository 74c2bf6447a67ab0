using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Temporalio.Extensions.Hosting;

/// <summary>Calls an activity's method within a service scope that lasts as long as the activity, unless an interceptor has given one.</summary>
internal sealed class ScopedCall(IServiceProvider provider, Type instanceType, MethodInfo method)
{
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
    private readonly PropertyInfo? _result = method.ReturnType.IsAssignableTo(typeof(Task)) ? method.ReturnType.GetProperty(nameof(Task<>.Result)) : null;
    private readonly bool _isTask = method.ReturnType.IsAssignableTo(typeof(Task));

    public async Task<object?> InvokeAsync(object?[] arguments)
    {
        AsyncServiceScope? own = null;
        if (ActivityScope.ServiceScope is null)
        {
            own = provider.CreateAsyncScope();
            ActivityScope.ServiceScope = own.Value;
        }

        try
        {
            if (!method.IsStatic)
            {
                ActivityScope.ScopedInstance ??= ActivityScope.ServiceScope!.ServiceProvider.GetRequiredService(instanceType);
            }

            var result = _invoker.Invoke(ActivityScope.ScopedInstance, arguments.AsSpan());
            if (!_isTask)
            {
                return result;
            }

            var task = (Task)result!;
            await task.ConfigureAwait(false);
            return _result?.GetValue(task);
        }
        finally
        {
            ActivityScope.ServiceScope = null;
            ActivityScope.ScopedInstance = null;
            if (own is { } scope)
            {
                await scope.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
