using System.Reflection;
using Temporalio.Activities;

namespace Temporalio.Extensions.Hosting;

/// <summary>Activities whose instances come from a service provider.</summary>
public static class ServiceProviderExtensions
{
    private const BindingFlags AnyMethod = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>Definitions of all methods of the type with <see cref="ActivityAttribute"/>.</summary>
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions<T>(this IServiceProvider provider) =>
        provider.CreateTemporalActivityDefinitions(typeof(T));

    /// <inheritdoc cref="CreateTemporalActivityDefinitions{T}(IServiceProvider)"/>
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions(this IServiceProvider provider, Type type) =>
    [
        .. type.GetMethods(AnyMethod)
            .Where(method => method.IsDefined(typeof(ActivityAttribute), false))
            .Select(method => provider.CreateTemporalActivityDefinition(type, method)),
    ];

    /// <summary>A definition of one method. Each call has a service scope of its own, from which comes the instance.</summary>
    /// <exception cref="ArgumentException">The method cannot be an activity.</exception>
    public static ActivityDefinition CreateTemporalActivityDefinition(this IServiceProvider provider, Type instanceType, MethodInfo method)
    {
        var call = new ScopedCall(provider, instanceType, method);
        return ActivityDefinition.Create(method, call.InvokeAsync);
    }
}
