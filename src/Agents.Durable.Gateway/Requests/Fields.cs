using System.Text.Json;
using System.Text.RegularExpressions;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Reads the fields of a JSON object and notes what is wrong with them. Unknown fields are ignored; what a method returns after a problem is not to be used.</summary>
internal readonly struct Fields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly Problems _problems;
    private readonly bool _isContent;

    private Fields(JsonElement element, string path, Problems problems, bool isContent) => (_object, _path, _problems, _isContent) = (element, path, problems, isContent);

    /// <summary>The object itself.</summary>
    public JsonElement Element => _object;

    public Problems Problems => _problems;

    /// <summary>Null, with a problem noted, if the value is no object.</summary>
    /// <param name="isContent">What people and agents said, stored as JSON: all characters may be in it.</param>
    public static Fields? Of(JsonElement element, string path, Problems problems, bool isContent = false)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return new Fields(element, path, problems, isContent);
        }

        problems.Add(path, "model_attributes_type", "Input should be a valid dictionary or object to extract fields from", element);
        return null;
    }

    public string At(string name) => $"{_path}.{name}";

    public bool Has(string name) => Find(name) is not null;

    public JsonElement? Find(string name) => _object.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The value, with a problem noted where it is missing.</summary>
    public JsonElement? Required(string name)
    {
        if (Find(name) is { } value)
        {
            return value;
        }

        _problems.Add(At(name), "missing", "Field required", _object);
        return null;
    }

    public string Text(string name, Regex? pattern = null) => Required(name) is { } value ? TextOf(value, At(name), pattern) : "";

    /// <summary>Null when absent or null.</summary>
    public string? OptionalText(string name) => Given(name) is { } value ? TextOf(value, At(name), null) : null;

    /// <summary>A field that may be left out, but not be null.</summary>
    public string TextOr(string name, string absent) => Find(name) is { } value ? TextOf(value, At(name), null) : absent;

    public T Choice<T>(string name)
        where T : struct, Enum => Required(name) is { } value ? ChoiceOf<T>(value, At(name)) : default;

    public T? OptionalChoice<T>(string name)
        where T : struct, Enum => Given(name) is { } value ? ChoiceOf<T>(value, At(name)) : null;

    /// <summary>A field that may be left out, but not be null.</summary>
    public T ChoiceOr<T>(string name, T absent)
        where T : struct, Enum => Find(name) is { } value ? ChoiceOf<T>(value, At(name)) : absent;

    public JsonElement Object(string name) => Required(name) is { } value ? ObjectOf(value, At(name)) : default;

    public JsonElement? OptionalObject(string name) => Given(name) is { } value ? ObjectOf(value, At(name)) : null;

    /// <summary>An object, or a list of objects; null when absent or null.</summary>
    public JsonElement? OptionalObjects(string name)
    {
        if (Given(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object && !(value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)))
        {
            _problems.Add(At(name), "dict_type", "Input should be a valid dictionary or a list of them", value);
        }

        return value.Clone();
    }

    public bool? OptionalBool(string name) => Given(name) is { } value ? BoolOf(value, At(name)) : null;

    public bool BoolOr(string name, bool absent) => Find(name) is { } value ? BoolOf(value, At(name)) : absent;

    public long Integer(string name) => Required(name) is { } value ? IntegerOf(value, At(name)) : 0;

    /// <summary>An integer within bounds; without a value for its absence it must be there.</summary>
    public long IntegerOr(string name, long? absent, long least = long.MinValue, long most = long.MaxValue)
    {
        if (Find(name) is null && absent is { } usual)
        {
            return usual;
        }

        var number = Integer(name);
        if (number < least)
        {
            _problems.Add(At(name), "greater_than_equal", $"Input should be greater than or equal to {least}");
        }
        else if (number > most)
        {
            _problems.Add(At(name), "less_than_equal", $"Input should be less than or equal to {most}");
        }

        return number;
    }

    public long? OptionalInteger(string name) => Given(name) is { } value ? IntegerOf(value, At(name)) : null;

    public IReadOnlyList<string> Texts(string name) => Required(name) is { } value ? TextsOf(value, At(name)) : [];

    public IReadOnlyList<string>? OptionalTexts(string name) => Given(name) is { } value ? TextsOf(value, At(name)) : null;

    public DateTimeOffset Time(string name) => Required(name) is { } value ? TimeOf(value, At(name)) : default;

    public DateTimeOffset? OptionalTime(string name) => Given(name) is { } value ? TimeOf(value, At(name)) : null;

    /// <summary>The elements of a list, each with its path.</summary>
    public IEnumerable<(JsonElement Value, string Path)> Items(string name) => Required(name) is { } value ? ItemsOf(value, At(name)) : [];

    public IEnumerable<(JsonElement Value, string Path)> OptionalItems(string name) => Given(name) is { } value ? ItemsOf(value, At(name)) : [];

    private JsonElement? Given(string name) => Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private string TextOf(JsonElement value, string path, Regex? pattern)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            _problems.Add(path, "string_type", "Input should be a valid string", value);
            return "";
        }

        var text = Decoded(value);
        if (text is null)
        {
            _problems.Add(path, "string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string");
            return "";
        }

        if (!_isContent && text.Contains('\0', StringComparison.Ordinal))
        {
            throw GatewayException.Unstorable();
        }

        if (pattern?.IsMatch(text) == false)
        {
            _problems.Add(path, "string_pattern_mismatch", $"String should match pattern '{pattern}'", value);
        }

        return text;
    }

    // Lone surrogates can be written with escapes, but are no text.
    private static string? Decoded(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private T ChoiceOf<T>(JsonElement value, string path)
        where T : struct, Enum
    {
        if (value.ValueKind == JsonValueKind.String && Decoded(value) is { } text && EnumNames.TryParse<T>(text, out var choice))
        {
            return choice;
        }

        var names = EnumNames.All<T>().Select(name => $"'{name}'").ToList();
        _problems.Add(path, "enum", $"Input should be {string.Join(", ", names.SkipLast(1))}{(names.Count > 1 ? " or " : "")}{names[^1]}", value);
        return default;
    }

    private JsonElement ObjectOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            _problems.Add(path, "dict_type", "Input should be a valid dictionary", value);
        }

        return value.Clone();
    }

    /// <summary>The words that Agentex takes for a truth value; null for others.</summary>
    public static bool? Truth(string text) => text.ToLowerInvariant() switch
    {
        "true" or "t" or "yes" or "y" or "on" or "1" => true,
        "false" or "f" or "no" or "n" or "off" or "0" => false,
        _ => null,
    };

    // Also words and the numbers 0 and 1.
    private bool BoolOf(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            case JsonValueKind.Number when value.TryGetDouble(out var number) && number is 0 or 1:
                return value.GetDouble() is 1;
            case JsonValueKind.String when Decoded(value) is { } text && Truth(text) is { } truth:
                return truth;
            default:
                _problems.Add(path, value.ValueKind == JsonValueKind.String ? "bool_parsing" : "bool_type", "Input should be a valid boolean, unable to interpret input", value);
                return false;
        }
    }

    private long IntegerOf(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean() ? 1 : 0;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            if (value.TryGetInt64(out var whole))
            {
                return whole;
            }

            if (value.TryGetDouble(out var number) && number == Math.Floor(number) && Math.Abs(number) < 9e18)
            {
                return (long)number;
            }
        }
        else if (value.ValueKind == JsonValueKind.String && PythonNumbers.TryParse(Decoded(value) ?? "", out var parsed))
        {
            return parsed;
        }

        _problems.Add(path, "int_type", "Input should be a valid integer", value);
        return 0;
    }

    private List<string> TextsOf(JsonElement value, string path)
    {
        var texts = new List<string>();
        foreach (var (item, at) in ItemsOf(value, path))
        {
            texts.Add(TextOf(item, at, null));
        }

        return texts;
    }

    private DateTimeOffset TimeOf(JsonElement value, string path)
    {
        var time = value.ValueKind switch
        {
            JsonValueKind.String when Decoded(value) is { } text => PythonTimes.Parse(text),
            JsonValueKind.Number when value.TryGetDouble(out var number) => PythonTimes.OfNumber(number),
            _ => null,
        };
        if (time is { } read)
        {
            return read;
        }

        _problems.Add(path, "datetime_parsing", "Input should be a valid datetime or date", value);
        return default;
    }

    private IEnumerable<(JsonElement Value, string Path)> ItemsOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            _problems.Add(path, "list_type", "Input should be a valid list", value);
            return [];
        }

        return value.EnumerateArray().Select((item, index) => (item, $"{path}.{index}"));
    }
}
