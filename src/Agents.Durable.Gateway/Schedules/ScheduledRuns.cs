using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Starts a scheduled run: a task whose name tells the fire, then its input. Both may be repeated: the task is found again by its name, and it notes that the
/// input was delivered; an event is delivered once, a message to a synchronous agent at least once.
/// </summary>
internal sealed class ScheduledRuns(IServiceScopeFactory scopes)
{
    private const string Delivered = "scheduled_input_delivered";

    public async Task StartAsync(ScheduleFireRow fire, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<OwnerScope>().Set(new OwnerId(fire.Owner));
        var data = services.GetRequiredService<DataContext>();
        var schedule = await data.RunSchedules.AsNoTracking().SingleOrDefaultAsync(row => row.Id == fire.ScheduleId, cancellationToken);
        if (schedule is null)
        {
            // Deleted meanwhile.
            return;
        }

        var agent = await services.GetRequiredService<AgentDirectory>().GetAsync(AgentKeyword.ById(schedule.AgentId), cancellationToken);
        var keys = services.GetRequiredService<AgentKeys>();
        var target = agent.Kind == AgentKind.Acp ? new AcpTarget(agent.AcpUrl ?? "", await keys.KeyOfAsync(agent, cancellationToken), ForwardedHeaders.None) : null;
        RpcContext Context(RpcCall call) => new(call, agent, new Caller(new OwnerId(fire.Owner), null), target, fire.Id);

        var task = await services.GetRequiredService<CreateTask>().RunAsync(Context(CreationOf(schedule, fire)), cancellationToken);
        if (task.TaskMetadata is { } metadata && metadata.TryGetProperty(Delivered, out _))
        {
            return;
        }

        var content = new TextContent { Author = schedule.InputAuthor, Content = schedule.InputContent };
        if (agent.AcpType == AcpType.Sync)
        {
            await services.GetRequiredService<SendMessage>().RunAsync(Context(new RpcCall { Method = RpcMethod.MessageSend, TaskId = task.Id, Content = content }), cancellationToken);
        }
        else
        {
            await services.GetRequiredService<SendEvent>().RunAsync(
                Context(new RpcCall { Method = RpcMethod.EventSend, TaskId = task.Id, Content = content }), TaskKeyword.ById(task.Id), cancellationToken);
        }

        await data.Database.ExecuteSqlAsync(
            $"UPDATE tasks SET task_metadata = coalesce(task_metadata, jsonb_build_object()) || jsonb_build_object({Delivered}, true) WHERE id = {task.Id}", cancellationToken);
    }

    private static RpcCall CreationOf(RunScheduleRow schedule, ScheduleFireRow fire)
    {
        var metadata = schedule.TaskMetadata is { } own
            ? own.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
            : new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        metadata["display_name"] = JsonText(schedule.Name);
        metadata["schedule_id"] = JsonText(schedule.Id);
        metadata["scheduled_fire_id"] = JsonText(fire.Id);
        metadata["trigger_type"] = JsonText(fire.TriggerType);
        metadata["fire_time"] = JsonText(WireTimeConverter.Format(fire.FireTime));
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
