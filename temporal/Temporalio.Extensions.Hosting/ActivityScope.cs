using Microsoft.Extensions.DependencyInjection;

namespace Temporalio.Extensions.Hosting;

/// <summary>The service scope of the running activity.</summary>
public static class ActivityScope
{
    private static readonly AsyncLocal<IServiceScope?> s_scope = new();
    private static readonly AsyncLocal<object?> s_instance = new();

    /// <summary>
    /// The scope: there within the activity, not yet in its interceptors. An interceptor may set one, which then is used and stays the
    /// interceptor's to dispose.
    /// </summary>
    public static IServiceScope? ServiceScope
    {
        get => s_scope.Value;
        set => s_scope.Value = value;
    }

    /// <summary>The instance on which the activity is called, if it is not static. An interceptor may set one.</summary>
    public static object? ScopedInstance
    {
        get => s_instance.Value;
        set => s_instance.Value = value;
    }
}
