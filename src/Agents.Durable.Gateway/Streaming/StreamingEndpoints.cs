using Agents.Durable.Data;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

public static class StreamingEndpoints
{
    /// <summary>Adds what <see cref="MapTaskStreams"/> needs beside the task stream and the database.</summary>
    public static IServiceCollection AddTaskStreaming(this IServiceCollection services)
    {
        services.AddSignalR();
        return services;
    }

    /// <summary>Maps the hub <c>/hubs/tasks</c> and the event streams <c>/tasks/{id}/stream</c> and <c>/tasks/name/{name}/stream</c>.</summary>
    public static IEndpointRouteBuilder MapTaskStreams(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.MapGroup("").RequireCaller();
        endpoints.MapHub<TasksHub>("/hubs/tasks");
        endpoints.MapGet("/tasks/{taskId}/stream", async (string taskId, DataContext data, CancellationToken cancellationToken) =>
            new EventStreamResult(taskId, await data.Tasks.AsNoTracking().FirstOrDefaultAsync(t => t.Id == taskId, cancellationToken)));
        endpoints.MapGet("/tasks/name/{taskName}/stream", async Task<IResult> (string taskName, DataContext data, CancellationToken cancellationToken) =>
            await data.Tasks.AsNoTracking().FirstOrDefaultAsync(t => t.Name == taskName, cancellationToken) is { } task
                ? new EventStreamResult(task.Id, task)
                : Results.NotFound());
        return routes;
    }
}
