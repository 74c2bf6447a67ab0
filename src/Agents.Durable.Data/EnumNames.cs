using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Data;

/// <summary>The texts of enum values: those of the wire where an enum has them, else snake_case.</summary>
public static class EnumNames
{
    /// <summary>All texts, in the order of declaration.</summary>
    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Names<T>.Texts.Values;

    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.Texts[value];

    /// <exception cref="KeyNotFoundException">No value has this text.</exception>
    public static T Parse<T>(string text)
        where T : struct, Enum => Names<T>.Values[text];

    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum => Names<T>.Values.TryGetValue(text, out value);

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Texts = Enum.GetValues<T>().ToDictionary(value => value, NameOf);
        public static readonly Dictionary<string, T> Values = Texts.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

        private static string NameOf(T value)
        {
            var member = typeof(T).GetField(value.ToString())!;
            return member.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? (typeof(T).IsDefined(typeof(JsonConverterAttribute)) ? value.ToString() : JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
        }
    }
}
