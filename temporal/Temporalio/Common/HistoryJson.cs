using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Temporalio.Api.History.V1;

namespace Temporalio.Common;

/// <summary>
/// Tools of Temporal's wrote enum values in two ways over time, <c>EVENT_TYPE_TIMER_FIRED</c> and <c>TimerFired</c>. The parser knows
/// the first only, so the second is rewritten, guided by the fields' types.
/// </summary>
internal static class HistoryJson
{
    internal static string WithProtobufEnumNames(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject root)
        {
            throw new ArgumentException("A history is a JSON object", nameof(json));
        }
        return FixMessage(root, History.Descriptor) ? root.ToJsonString() : json;
    }

    private static bool FixMessage(JsonObject json, MessageDescriptor descriptor)
    {
        var changed = false;
        foreach (var (name, value) in json.ToArray())
        {
            if (value is null || Find(descriptor, name) is not { } field)
            {
                continue;
            }
            if (field.IsMap)
            {
                var valueField = field.MessageType.FindFieldByNumber(2);
                foreach (var (key, item) in value is JsonObject map ? map.ToArray() : [])
                {
                    changed |= FixValue(item, valueField, fixedName => value[key] = fixedName);
                }
            }
            else if (value is JsonArray array)
            {
                for (var i = 0; i < array.Count; i++)
                {
                    var index = i;
                    changed |= FixValue(array[i], field, fixedName => array[index] = fixedName);
                }
            }
            else
            {
                changed |= FixValue(value, field, fixedName => json[name] = fixedName);
            }
        }
        return changed;
    }

    private static bool FixValue(JsonNode? value, FieldDescriptor field, Action<string> replace)
    {
        switch (field.FieldType)
        {
            // Well-known types have JSON of their own, without fields.
            case FieldType.Message when value is JsonObject child && !field.MessageType.FullName.StartsWith("google.", StringComparison.Ordinal):
                return FixMessage(child, field.MessageType);
            case FieldType.Enum when value is JsonValue text && text.TryGetValue<string>(out var name)
                && field.EnumType.FindValueByName(name) is null:
                var full = UpperSnake(field.EnumType.Name) + "_" + UpperSnake(name);
                if (field.EnumType.FindValueByName(full) is null)
                {
                    return false;
                }
                replace(full);
                return true;
            default:
                return false;
        }
    }

    private static FieldDescriptor? Find(MessageDescriptor descriptor, string name) =>
        descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => f.JsonName == name || f.Name == name);

    private static string UpperSnake(string pascal)
    {
        var result = new StringBuilder();
        foreach (var c in pascal)
        {
            if (char.IsUpper(c) && result.Length > 0)
            {
                result.Append('_');
            }
            result.Append(char.ToUpperInvariant(c));
        }
        return result.ToString();
    }
}
