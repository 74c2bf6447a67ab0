using System.Globalization;
using System.Text.Json;

namespace Agents.Durable.Data.Definitions;

/// <summary>
/// Reads a definition as people write it. Strict: a key that is not known is an error, because a misspelt limit would otherwise be no limit.
/// </summary>
public sealed class DefinitionReader
{
    private static readonly string[] s_kinds = ["react", "code"];
    private static readonly string[] s_effects = ["pure", "idempotent", "transactional", "verifiable", "unsafe"];
    private static readonly JsonElement s_none = JsonDocument.Parse("{}").RootElement.Clone();
    private const double OneYear = 365 * 86_400d;
    private static readonly string[] s_unknown = ["ask", "retry", "fail"];
    private readonly List<DefinitionError> _errors = [];

    /// <summary>What is wrong, in the order of the document; empty when the result of <see cref="Read"/> can be used.</summary>
    public IReadOnlyList<DefinitionError> Errors => _errors;

    /// <summary>The definition, or null when <see cref="Errors"/> is not empty.</summary>
    public ReactDefinition? Read(JsonElement body)
    {
        if (!IsObject(body, "body", "kind", "description", "instructions", "model", "tools", "limits"))
        {
            return null;
        }

        var kind = OneOf(body, "kind", "", s_kinds);
        var definition = new ReactDefinition
        {
            IsCode = kind == "code",
            Description = Text(body, "description", "description") ?? "",
            Instructions = Text(body, "instructions", "instructions") ?? "",
            Model = kind == "code" && !body.TryGetProperty("model", out _) ? new ModelDefinition("", "", s_none) : Model(body),
            Tools = Tools(body),
            Limits = Limits(body),
        };
        return _errors.Count == 0 ? definition : null;
    }

    private ModelDefinition Model(JsonElement body)
    {
        if (!body.TryGetProperty("model", out var model))
        {
            Fail("model", "is required");
            return new ModelDefinition("", "", s_none);
        }

        if (!IsObject(model, "model", "provider", "name", "parameters"))
        {
            return new ModelDefinition("", "", s_none);
        }

        var provider = Text(model, "provider", "model.provider");
        if (string.IsNullOrWhiteSpace(provider))
        {
            Fail("model.provider", "is required");
        }

        var parameters = s_none;
        if (model.TryGetProperty("parameters", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                Fail("model.parameters", "must be an object");
            }

            parameters = given.Clone();
        }

        return new ModelDefinition(provider ?? "", Text(model, "name", "model.name") ?? "", parameters);
    }

    private List<ToolEntry> Tools(JsonElement body)
    {
        var entries = new List<ToolEntry>();
        if (!body.TryGetProperty("tools", out var tools) || tools.ValueKind == JsonValueKind.Null)
        {
            return entries;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            Fail("tools", "must be a list");
            return entries;
        }

        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var at = $"tools[{index++}]";
            if (tool.ValueKind == JsonValueKind.String)
            {
                entries.Add(new ToolEntry { Name = tool.GetString() });
            }
            else if (IsObject(tool, at, "name", "mcp", "effect", "timeout_seconds", "on_unknown"))
            {
                entries.Add(Tool(tool, at));
            }
        }

        return entries;
    }

    private ToolEntry Tool(JsonElement tool, string at)
    {
        var entry = new ToolEntry
        {
            Name = Text(tool, "name", $"{at}.name"),
            Mcp = Mcp(tool, $"{at}.mcp"),
            Effect = OneOf(tool, "effect", at, s_effects),
            TimeoutSeconds = Number(tool, "timeout_seconds", at, 0.001, 86_400),
            OnUnknown = OneOf(tool, "on_unknown", at, s_unknown),
        };
        if ((entry.Name is null) == (entry.Mcp is null))
        {
            Fail(at, "must have either name or mcp");
        }

        return entry;
    }

    private McpServerEntry? Mcp(JsonElement tool, string at)
    {
        if (!tool.TryGetProperty("mcp", out var mcp) || mcp.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (mcp.ValueKind == JsonValueKind.String)
        {
            return new McpServerEntry { Name = mcp.GetString()! };
        }

        if (!IsObject(mcp, at, "name", "url", "headers", "command", "args", "env"))
        {
            return null;
        }

        var name = Text(mcp, "name", $"{at}.name");
        if (string.IsNullOrWhiteSpace(name))
        {
            Fail($"{at}.name", "is required");
        }

        return new McpServerEntry
        {
            Name = name ?? "",
            Url = Text(mcp, "url", $"{at}.url"),
            Headers = Map(mcp, "headers", $"{at}.headers"),
            Command = Text(mcp, "command", $"{at}.command"),
            Args = [.. Strings(mcp, "args", $"{at}.args")],
            Env = Map(mcp, "env", $"{at}.env"),
        };
    }

    private AgentLimits Limits(JsonElement body)
    {
        var defaults = new AgentLimits();
        if (!body.TryGetProperty("limits", out var limits) || limits.ValueKind == JsonValueKind.Null ||
            !IsObject(limits, "limits", "max_iterations", "max_turns", "max_tokens", "max_turn_seconds", "max_seconds", "model_timeout_seconds", "model_retries", "tool_timeout_seconds"))
        {
            return defaults;
        }

        return new AgentLimits
        {
            MaxIterations = (int)(Number(limits, "max_iterations", "limits", 1, 100_000) ?? defaults.MaxIterations),
            MaxTurns = (int?)Number(limits, "max_turns", "limits", 1, int.MaxValue),
            MaxTokens = (long?)Number(limits, "max_tokens", "limits", 1, long.MaxValue / 2),
            MaxTurnSeconds = Number(limits, "max_turn_seconds", "limits", 0.001, OneYear),
            MaxSeconds = Number(limits, "max_seconds", "limits", 0.001, OneYear),
            ModelTimeoutSeconds = Number(limits, "model_timeout_seconds", "limits", 0.001, 86_400) ?? defaults.ModelTimeoutSeconds,
            ModelRetries = (int)(Number(limits, "model_retries", "limits", 0, 1_000) ?? defaults.ModelRetries),
            ToolTimeoutSeconds = Number(limits, "tool_timeout_seconds", "limits", 0.001, 86_400) ?? defaults.ToolTimeoutSeconds,
        };
    }

    private bool IsObject(JsonElement value, string at, params ReadOnlySpan<string> known)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(at, "must be an object");
            return false;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                Fail(at == "body" ? property.Name : $"{at}.{property.Name}", $"is not known here; known are {string.Join(", ", known.ToArray())}");
            }
        }

        return true;
    }

    private string? Text(JsonElement of, string name, string at)
    {
        if (!of.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Fail(at, "must be a string");
        return null;
    }

    private double? Number(JsonElement of, string name, string at, double least, double most)
    {
        if (!of.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fail($"{at}.{name}", string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    private string? OneOf(JsonElement of, string name, string at, string[] values)
    {
        var path = at.Length == 0 ? name : $"{at}.{name}";
        var text = Text(of, name, path);
        if (text is not null && !values.Contains(text))
        {
            Fail(path, $"must be one of {string.Join(", ", values)}");
        }

        return text;
    }

    private IEnumerable<string> Strings(JsonElement of, string name, string at)
    {
        if (!of.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return list.EnumerateArray().Select(item => item.GetString()!);
        }

        Fail(at, "must be a list of strings");
        return [];
    }

    private Dictionary<string, string> Map(JsonElement of, string name, string at)
    {
        if (!of.TryGetProperty(name, out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (map.ValueKind == JsonValueKind.Object && map.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.String))
        {
            return map.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!);
        }

        Fail(at, "must be an object of strings");
        return [];
    }

    private void Fail(string path, string problem) => _errors.Add(new DefinitionError(path, problem));
}

/// <param name="Path">Where, in dotted notation.</param>
/// <param name="Problem">What is wrong there, to be read after the path.</param>
public sealed record DefinitionError(string Path, string Problem)
{
    public override string ToString() => $"{Path} {Problem}";
}
