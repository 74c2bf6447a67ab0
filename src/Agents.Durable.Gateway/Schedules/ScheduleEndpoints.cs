using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>The routes of schedules: each by id and, but for skipping, by name.</summary>
internal static class ScheduleEndpoints
{
    private const int UsualLimit = 100;
    private const int MostSchedules = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string Root = "/agents/{agent_id}/schedules";
        routes.MapPost(Root, async (HttpContext context, string agent_id, RunScheduleStore schedules) =>
            await Answer.WriteAsync(context, await schedules.AddAsync(agent_id, ScheduleBody.ReadNew(await RequestBody.ReadObjectAsync(context)), context.RequestAborted)));
        routes.MapGet(Root, ListAsync);
        foreach (var path in new[] { $"{Root}/{{schedule_id}}", $"{Root}/name/{{name}}" })
        {
            routes.MapGet(path, async (HttpContext context, RunScheduleStore schedules) => await Answer.WriteAsync(context, await schedules.GetAsync(KeywordOf(context), context.RequestAborted)));
            routes.MapMethods(path, [HttpMethods.Patch], async (HttpContext context, RunScheduleStore schedules) =>
                await Answer.WriteAsync(context, await schedules.ChangeAsync(KeywordOf(context), ScheduleBody.ReadChange(await RequestBody.ReadObjectAsync(context)), context.RequestAborted)));
            routes.MapDelete(path, async (HttpContext context, RunScheduleStore schedules) =>
                await Answer.WriteAsync(context, await schedules.DeleteAsync(KeywordOf(context), context.RequestAborted)));
            routes.MapPost($"{path}/trigger", async (HttpContext context, RunScheduleStore schedules) =>
                await Answer.WriteAsync(context, await schedules.TriggerAsync(KeywordOf(context), context.RequestAborted)));
            routes.MapPost($"{path}/pause", (HttpContext context, RunScheduleStore schedules) => PauseAsync(context, schedules, paused: true));
            routes.MapPost($"{path}/resume", (HttpContext context, RunScheduleStore schedules) => PauseAsync(context, schedules, paused: false));
        }

        routes.MapPost($"{Root}/{{schedule_id}}/skip", (HttpContext context, RunScheduleStore schedules) => SkipAsync(context, schedules, skip: true));
        routes.MapPost($"{Root}/{{schedule_id}}/unskip", (HttpContext context, RunScheduleStore schedules) => SkipAsync(context, schedules, skip: false));
    }

    private static async Task ListAsync(HttpContext context, string agent_id, RunScheduleStore schedules)
    {
        var query = QueryValues.Of(context);
        var limit = query.Integer("limit", UsualLimit, 1, MostSchedules);
        var live = query.Bool("include_live", false);
        query.ThrowIfAny();
        await Answer.WriteAsync(context, await schedules.ListAsync(agent_id, limit, live, context.RequestAborted));
    }

    private static async Task PauseAsync(HttpContext context, RunScheduleStore schedules, bool paused)
    {
        var body = await RequestBody.ReadOptionalObjectAsync(context);
        var note = body?.OptionalText("note");
        body?.Problems.ThrowIfAny();
        var changed = await schedules.ChangeAsync(
            KeywordOf(context),
            row =>
            {
                row.Paused = paused;
                row.Note = note;
            },
            context.RequestAborted);
        await Answer.WriteAsync(context, changed);
    }

    private static async Task SkipAsync(HttpContext context, RunScheduleStore schedules, bool skip)
    {
        var body = await RequestBody.ReadObjectAsync(context);
        var at = body.Time("scheduled_time").ToUniversalTime();
        body.Problems.ThrowIfAny();
        var changed = await schedules.ChangeAsync(
            KeywordOf(context), row => row.Skipped = skip ? [.. row.Skipped.Append(at).Distinct()] : [.. row.Skipped.Where(time => time != at)], context.RequestAborted);
        await Answer.WriteAsync(context, changed);
    }

    private static ScheduleKeyword KeywordOf(HttpContext context) =>
        new((string)context.GetRouteValue("agent_id")!, (string?)context.GetRouteValue("schedule_id"), (string?)context.GetRouteValue("name"));
}
