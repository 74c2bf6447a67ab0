using System.Globalization;
using System.Text.Json;
using Agents.Durable.Data;

namespace Agents.Durable.Agent.Tools;

/// <summary>
/// Whether arguments fit a schema, in words that help a model to do better. Knows the part of JSON schema that tools use; what it does not know it lets pass,
/// because the tool itself still has its say.
/// </summary>
internal static class ArgumentCheck
{
    private const int Depth = 32;

    /// <summary>Reads the text that a model wrote as arguments.</summary>
    /// <exception cref="ToolException">It is no object, or does not fit the schema.</exception>
    public static JsonElement Read(string tool, string arguments, JsonElement schema)
    {
        JsonElement value;
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : WellFormed.Json(arguments));
            value = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ToolException($"The arguments of {tool} are not valid JSON: {e.Message}", e);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ToolException($"The arguments of {tool} must be an object, not {Kind(value)}.");
        }

        var problems = new List<string>();
        try
        {
            Check(value, schema, "", problems, Depth);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            // Whoever serves the tool wrote the schema, and may have put anything anywhere.
            throw new ToolException($"The schema of {tool} cannot be used: {e.Message}", e);
        }

        return problems.Count == 0
            ? value
            : throw new ToolException($"The arguments of {tool} do not fit: {string.Join("; ", problems.Take(10))}.");
    }

    private static void Check(JsonElement value, JsonElement schema, string path, List<string> problems, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth == 0)
        {
            return;
        }

        if (schema.TryGetProperty("anyOf", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 &&
            choices.EnumerateArray().All(choice => !Fits(value, choice, path, depth)))
        {
            problems.Add($"{Name(path)} fits none of the allowed forms");
        }

        if (schema.TryGetProperty("type", out var type) && !IsOfType(value, type))
        {
            problems.Add($"{Name(path)} must be {TypeText(type)}, not {Kind(value)}");
            return;
        }

        if (schema.TryGetProperty("enum", out var allowed) && allowed.ValueKind == JsonValueKind.Array && !allowed.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)))
        {
            problems.Add($"{Name(path)} must be one of {string.Join(", ", allowed.EnumerateArray().Select(item => item.GetRawText()))}");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, path, problems, depth);
                break;
            case JsonValueKind.Array when schema.TryGetProperty("items", out var items):
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Check(item, items, $"{path}[{index++}]", problems, depth - 1);
                }

                break;
            case JsonValueKind.Number:
                CheckBound(value, schema, "minimum", path, problems, (number, bound) => number >= bound, "at least");
                CheckBound(value, schema, "maximum", path, problems, (number, bound) => number <= bound, "at most");
                break;
            case JsonValueKind.String:
                CheckLength(value, schema, path, problems);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonElement schema, string path, List<string> problems, int depth)
    {
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in required.EnumerateArray().Select(item => item.GetString() ?? ""))
            {
                if (!value.TryGetProperty(name, out _))
                {
                    problems.Add($"{Name(Join(path, name))} is missing");
                }
            }
        }

        var known = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? properties : default;
        var closed = schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False;
        foreach (var property in value.EnumerateObject())
        {
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(property.Name, out var inner))
            {
                Check(property.Value, inner, Join(path, property.Name), problems, depth - 1);
            }
            else if (closed)
            {
                problems.Add($"{Name(Join(path, property.Name))} is not known");
            }
        }
    }

    private static void CheckBound(
        JsonElement value, JsonElement schema, string keyword, string path, List<string> problems, Func<double, double, bool> holds, string words)
    {
        if (schema.TryGetProperty(keyword, out var bound) && bound.ValueKind == JsonValueKind.Number && !holds(value.GetDouble(), bound.GetDouble()))
        {
            problems.Add($"{Name(path)} must be {words} {bound.GetRawText()}");
        }
    }

    private static void CheckLength(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        if (schema.TryGetProperty("minLength", out var least) && least.TryGetInt32(out var length) && value.GetString()!.Length < length)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Name(path)} must have at least {length} characters"));
        }
    }

    private static bool Fits(JsonElement value, JsonElement schema, string path, int depth)
    {
        var problems = new List<string>();
        Check(value, schema, path, problems, depth - 1);
        return problems.Count == 0;
    }

    private static bool IsOfType(JsonElement value, JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => IsOfType(value, type.GetString()!),
        JsonValueKind.Array => type.EnumerateArray().Any(one => IsOfType(value, one.GetString() ?? "")),
        _ => true,
    };

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 == 0,
        _ => true,
    };

    private static string TypeText(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(one => one.GetString())) : type.GetString() ?? "?";

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Name(string path) => path.Length == 0 ? "the value" : $"'{path}'";
}
