using System.Text.Json.Serialization.Metadata;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Tasks;
using Agents.Durable.Gateway.Streaming;
using Agents.Durable.Gateway.Streaming.Intake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;

namespace Microsoft.Extensions.DependencyInjection;

public static class StreamingEndpoints
{
    /// <summary>Adds what <see cref="MapTaskStreams"/> needs beside the task stream and the database.</summary>
    public static IServiceCollection AddTaskStreaming(this IServiceCollection services)
    {
        services.AddSignalR(options => options.AddFilter<CallerFilter>()).AddJsonProtocol(options => options.PayloadSerializerOptions = new(Wire.Options)
        {
            // Contracts as everywhere else; what is no contract (arguments of calls, arrays of frames) by reflection.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(Wire.Options.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
        });
        services.AddScoped<TaskCommands>();
        services.AddOptions<IntakeOptions>().BindConfiguration(IntakeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IntakeServices>();
        services.AddHostedService<IntakeListener>();
        return services;
    }

    /// <summary>Maps the hub <c>/hubs/tasks</c> and the event streams <c>/tasks/{id}/stream</c> and <c>/tasks/name/{name}/stream</c>.</summary>
    public static IEndpointRouteBuilder MapTaskStreams(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.MapGroup("").RequireCaller().WithMetadata(new KeyInQuery());
        // Long polling makes a new request of each poll, which would have to be authenticated into the same hub connection.
        endpoints.MapHub<TasksHub>("/hubs/tasks", options => options.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents);
        endpoints.MapGet("/tasks/{taskId}/stream", async (string taskId, TaskDirectory tasks, CancellationToken cancellationToken) =>
            new EventStreamResult(taskId, await tasks.TryFindAsync(TaskKeyword.ById(taskId), cancellationToken)));
        endpoints.MapGet("/tasks/name/{taskName}/stream", async Task<IResult> (string taskName, TaskDirectory tasks, CancellationToken cancellationToken) =>
            await tasks.TryFindAsync(TaskKeyword.ByName(taskName), cancellationToken) is { } task
                ? new EventStreamResult(task.Id, task)
                : throw GatewayException.UnknownName(taskName));
        return routes;
    }
}
