using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Begins a scheduled run: a task whose name tells the fire, then its input. It may be repeated after any part of it: the task is found again by its name, the
/// event by its idempotency key, a message to a synchronous agent by lying in the task, and the task notes that all of it is done.
/// </summary>
internal sealed class ScheduledRuns(IServiceScopeFactory scopes, DataContexts contexts, IScheduleEngine engine)
{
    private const string Delivered = "scheduled_input_delivered";

    /// <exception cref="Errors.GatewayException">The agent is gone or refuses.</exception>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    public async Task StartAsync(ScheduledFire fire, CancellationToken cancellationToken)
    {
        if (await FindAsync(fire.ScheduleId, cancellationToken) is not { } schedule)
        {
            // Deleted meanwhile, or never confirmed to who asked for it: nobody knows it, and nobody else would take its clock away.
            await engine.RemoveAsync(fire.ScheduleId, cancellationToken);
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<OwnerScope>().Set(new OwnerId(schedule.Owner));
        var data = services.GetRequiredService<DataContext>();
        var agent = await services.GetRequiredService<AgentDirectory>().GetAsync(AgentKeyword.ById(schedule.AgentId), cancellationToken);
        var keys = services.GetRequiredService<AgentKeys>();
        var target = agent.Kind == AgentKind.Acp ? new AcpTarget(agent.AcpUrl ?? "", await keys.KeyOfAsync(agent, cancellationToken), ForwardedHeaders.None) : null;
        RpcContext Context(RpcCall call) => new(call, agent, new Caller(new OwnerId(schedule.Owner), null), target, fire.Id);

        var creation = CreationOf(schedule, fire);
        var known = await data.Tasks.AsNoTracking().SingleOrDefaultAsync(row => row.Name == creation.TaskName, cancellationToken);
        if (known?.TaskMetadata is { } metadata && metadata.TryGetProperty(Delivered, out _))
        {
            return;
        }

        // What has its event was accepted by its agent before.
        var accepted = known is not null && await data.Mailbox.AnyAsync(row => row.TaskId == known.Id && row.IdempotencyKey == fire.Id, cancellationToken);
        var taskId = accepted ? known!.Id : (await services.GetRequiredService<CreateTask>().RunAsync(Context(creation), cancellationToken)).Id;
        KillPoints.Pass(SchedulePoints.AfterTask);
        var content = new TextContent { Author = schedule.InputAuthor, Content = schedule.InputContent };
        if (agent.AcpType == AcpType.Sync)
        {
            await AskAsync(services, Context(new RpcCall { Method = RpcMethod.MessageSend, TaskId = taskId, Content = content }), cancellationToken);
        }
        else
        {
            var call = Context(new RpcCall { Method = RpcMethod.EventSend, TaskId = taskId, Content = content });
            await services.GetRequiredService<SendEvent>().RunAsync(call, TaskKeyword.ById(taskId), cancellationToken);
        }

        KillPoints.Pass(SchedulePoints.AfterInput);
        await data.Database.ExecuteSqlAsync(
            $"UPDATE tasks SET task_metadata = coalesce(task_metadata, jsonb_build_object()) || jsonb_build_object({Delivered}, true) WHERE id = {taskId}", cancellationToken);
        KillPoints.Pass(SchedulePoints.AfterMark);
    }

    private async Task<RunScheduleRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var everyone = contexts.ForEveryone();
        return await everyone.RunSchedules.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    private static async Task AskAsync(IServiceProvider services, RpcContext context, CancellationToken cancellationToken)
    {
        var taskId = context.Call.TaskId!;
        var stored = await services.GetRequiredService<DataContext>().Messages.AsNoTracking().Where(row => row.TaskId == taskId).ToListAsync(cancellationToken);
        if (stored.Count == 0)
        {
            await services.GetRequiredService<MessageStore>().AddAsync(taskId, context.Call.Content!, null, cancellationToken);
        }
        else if (stored.Any(message => message.StreamingStatus == StreamingStatus.Done))
        {
            // The question has no such status, the answer has.
            return;
        }

        KillPoints.Pass(SchedulePoints.AfterQuestion);
        var task = await services.GetRequiredService<TaskDirectory>().FindAsync(TaskKeyword.ById(taskId), cancellationToken);
        await services.GetRequiredService<SendMessage>().AskAsync(context, task, cancellationToken);
    }

    private static RpcCall CreationOf(RunScheduleRow schedule, ScheduledFire fire)
    {
        var metadata = schedule.TaskMetadata is { } own
            ? own.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
            : new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        metadata["display_name"] = JsonText(schedule.Name);
        metadata["schedule_id"] = JsonText(schedule.Id);
        metadata["scheduled_fire_id"] = JsonText(fire.Id);
        metadata["trigger_type"] = JsonText(fire.TriggerType);
        metadata["fire_time"] = JsonText(WireTimeConverter.Format(fire.Time));
        return new RpcCall
        {
            Method = RpcMethod.TaskCreate,
            TaskName = $"scheduled-run:{schedule.Id}:{fire.Id}",
            TaskParams = schedule.TaskParams,
            TaskMetadata = Wire.Element(Wire.ToJson(metadata)),
        };
    }

    private static JsonElement JsonText(string text) => Wire.Element(Wire.ToJson(text));
}
