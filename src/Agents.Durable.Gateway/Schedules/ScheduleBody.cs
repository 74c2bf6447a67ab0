using System.Text.RegularExpressions;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>Reads the bodies of schedules.</summary>
internal static partial class ScheduleBody
{
    private const int LongestName = 64;

    public static Func<AgentRow, DateTimeOffset, RunScheduleRow> ReadNew(Fields body)
    {
        var name = Name(body, body.Text("name"));
        var (cron, interval) = (body.OptionalText("cron_expression"), Interval(body));
        if ((cron is null) == (interval is null) && body.Problems.List.Count == 0)
        {
            body.Problems.Add("body", "value_error", "Value error, Provide exactly one of cron_expression or interval_seconds", body.Element);
        }

        var description = body.OptionalText("description");
        var zone = body.TextOr("timezone", "UTC");
        var (start, end) = (body.OptionalTime("start_at")?.ToUniversalTime(), body.OptionalTime("end_at")?.ToUniversalTime());
        var paused = body.BoolOr("paused", false);
        var (parameters, metadata) = (body.OptionalObject("task_params"), body.OptionalObject("task_metadata"));
        var (author, content) = body.Required("initial_input") is { } input && Fields.Of(input, body.At("initial_input"), body.Problems) is { } fields ? Input(fields) : (MessageAuthor.User, "");
        body.Problems.ThrowIfAny();
        return (agent, now) => new RunScheduleRow
        {
            Id = Guid.CreateVersion7(now).ToString(),
            AgentId = agent.Id,
            Name = name,
            Description = description,
            CronExpression = cron,
            IntervalSeconds = interval,
            Timezone = zone,
            StartAt = start,
            EndAt = end,
            Paused = paused,
            TaskParams = parameters,
            TaskMetadata = metadata,
            InputAuthor = author,
            InputContent = content,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>What is absent stays; what is null goes, where it may be absent at all.</summary>
    public static Action<RunScheduleRow> ReadChange(Fields body)
    {
        var name = body.OptionalText("name") is { } given ? Name(body, given) : null;
        var (cron, interval) = (body.OptionalText("cron_expression"), Interval(body));
        if (cron is not null && interval is not null)
        {
            body.Problems.Add("body", "value_error", "Value error, Provide only one of cron_expression or interval_seconds, not both", body.Element);
        }

        var description = body.OptionalText("description");
        var zone = body.OptionalText("timezone");
        var (start, end) = (body.OptionalTime("start_at")?.ToUniversalTime(), body.OptionalTime("end_at")?.ToUniversalTime());
        var paused = body.OptionalBool("paused");
        var (parameters, metadata) = (body.OptionalObject("task_params"), body.OptionalObject("task_metadata"));
        (MessageAuthor Author, string Content)? input = body.OptionalObject("initial_input") is { } value && Fields.Of(value, body.At("initial_input"), body.Problems) is { } fields ? Input(fields) : null;
        body.Problems.ThrowIfAny();
        return row =>
        {
            row.Name = name ?? row.Name;
            row.Description = body.Has("description") ? description : row.Description;
            // One that is given replaces the other; one that is taken away needs the other.
            row.CronExpression = body.Has("cron_expression") ? cron : interval is null ? row.CronExpression : null;
            row.IntervalSeconds = body.Has("interval_seconds") ? interval : cron is null ? row.IntervalSeconds : null;
            if (string.IsNullOrEmpty(row.CronExpression) && row.IntervalSeconds is null)
            {
                throw GatewayException.BadRequest("Schedule must have exactly one of cron_expression or interval_seconds");
            }

            row.Timezone = zone ?? row.Timezone;
            row.StartAt = body.Has("start_at") ? start : row.StartAt;
            row.EndAt = body.Has("end_at") ? end : row.EndAt;
            row.Paused = paused ?? row.Paused;
            row.TaskParams = body.Has("task_params") ? parameters : row.TaskParams;
            row.TaskMetadata = body.Has("task_metadata") ? metadata : row.TaskMetadata;
            (row.InputAuthor, row.InputContent) = input ?? (row.InputAuthor, row.InputContent);
        };
    }

    private static string Name(Fields body, string name)
    {
        if (name.Length == 0 && body.Has("name"))
        {
            body.Problems.Add(body.At("name"), "string_too_short", "String should have at least 1 character");
        }
        else if (name.Length > LongestName)
        {
            body.Problems.Add(body.At("name"), "string_too_long", $"String should have at most {LongestName} characters");
        }
        else if (name.Length > 0 && !Pattern().IsMatch(name))
        {
            body.Problems.Add(body.At("name"), "string_pattern_mismatch", $"String should match pattern '{Pattern()}'");
        }

        return name;
    }

    private static long? Interval(Fields body)
    {
        var interval = body.OptionalInteger("interval_seconds");
        if (interval < 1)
        {
            body.Problems.Add(body.At("interval_seconds"), "greater_than_equal", "Input should be greater than or equal to 1");
        }

        return interval;
    }

    private static (MessageAuthor Author, string Content) Input(Fields input)
    {
        if (input.TextOr("type", "text") != "text")
        {
            input.Problems.Add(input.At("type"), "literal_error", "Input should be 'text'");
        }

        return (input.ChoiceOr("author", MessageAuthor.User), input.Text("content"));
    }

    // Not the end of a line: a name has none.
    [GeneratedRegex("^[a-z0-9][a-z0-9-]*[a-z0-9]\\z|^[a-z0-9]\\z")]
    private static partial Regex Pattern();
}
