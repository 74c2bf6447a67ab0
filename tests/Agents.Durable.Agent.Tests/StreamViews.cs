using System.Text.Json;

namespace Agents.Durable.Agent.Tests;

internal static class StreamViews
{
    /// <summary>What a viewer who read the whole stream has on the screen: a later attempt of a call replaces what an earlier one showed.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(AgentWorld world, string task)
    {
        var texts = new Dictionary<string, (int Attempt, JsonElement Content, string Said)>();
        foreach (var (_, attempt, update) in await world.StreamAsync(task))
        {
            if (!update.TryGetProperty("parent_task_message", out var message))
            {
                continue;
            }

            var id = message.GetProperty("id").GetString()!;
            var known = texts.TryGetValue(id, out var shown) && shown.Attempt >= attempt;
            texts[id] = update.GetProperty("type").GetString() switch
            {
                "delta" => (attempt!.Value, shown.Content, (known ? shown.Said : "") + update.GetProperty("delta").GetProperty("text_delta").GetString()),
                "start" => (attempt!.Value, message.GetProperty("content"), ""),
                _ => (attempt!.Value, message.GetProperty("content"), message.GetProperty("content").TryGetProperty("content", out var all) ? all.ToString() : ""),
            };
        }

        return [.. texts.Values.Select(shown => AgentWorld.Describe(shown.Content, shown.Said))];
    }
}
