using System.Text;
using System.Text.Json;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The text of an update that does not validate, as the recorded server's validator words it.</summary>
internal static class PydanticText
{
    private const int ShownInput = 50;

    public static string Of(JsonElement update, Problems problems)
    {
        var kind = update.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        var entity = kind switch { "start" => "StreamTaskMessageStartEntity", "delta" => "StreamTaskMessageDeltaEntity", "full" => "StreamTaskMessageFullEntity", _ => "StreamTaskMessageDoneEntity" };
        var text = new StringBuilder($"{problems.List.Count} validation error{(problems.List.Count == 1 ? "" : "s")} for {entity}");
        foreach (var problem in problems.List)
        {
            text.Append($"\n{problem.Path.TrimStart('.')}\n  {problem.Message} [type={problem.Type}");
            if (problem.Input is { } input)
            {
                text.Append($", input_value={Shortened(PythonText.Of(input))}, input_type={TypeOf(input)}");
            }

            text.Append($"]\n    For further information visit https://errors.pydantic.dev/2.12/v/{problem.Type}");
        }

        return text.ToString();
    }

    /// <summary>A field that should hold an object.</summary>
    public static string NoDictionary(string entity, string field, JsonElement value) =>
        $"1 validation error for {entity}\n{field}\n  Input should be a valid dictionary [type=dict_type, input_value={Shortened(PythonText.Of(value))}, input_type={TypeOf(value)}]\n    For further information visit https://errors.pydantic.dev/2.12/v/dict_type";

    /// <summary>A field that should hold text and holds nothing.</summary>
    public static string NoText(string entity, string field) =>
        $"1 validation error for {entity}\n{field}\n  Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]\n    For further information visit https://errors.pydantic.dev/2.12/v/string_type";

    private static string Shortened(string text) => text.Length <= ShownInput ? text : $"{text[..25]}...{text[^24..]}";

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "dict",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "str",
        JsonValueKind.Number => value.GetRawText().AsSpan().IndexOfAny(".eE") < 0 ? "int" : "float",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "NoneType",
    };
}
