using System.Reflection;
using System.Runtime.CompilerServices;

namespace Temporalio.Tests.PublicApi;

/// <summary>Writes the public surface of an assembly in the notation of <c>official-surface.txt</c>.</summary>
internal static class Surface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Members by type, both as the listing names them.</summary>
    internal static SortedDictionary<string, SortedSet<string>> Of(params IEnumerable<Assembly> assemblies)
    {
        var types = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var type in assemblies.SelectMany(a => a.GetTypes()).Where(IsVisible))
        {
            types[$"{type.Namespace}.{TypeNames.OfDefinition(type)}"] = new(Members(type), StringComparer.Ordinal);
        }
        return types;
    }

    /// <summary>The listing, in the same form.</summary>
    internal static SortedDictionary<string, SortedSet<string>> Read(IEnumerable<string> lines)
    {
        var types = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var ns = "";
        SortedSet<string>? members = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("## namespace ", StringComparison.Ordinal))
            {
                ns = line["## namespace ".Length..].Trim();
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                members!.Add(line.Trim().Replace("  [Obsolete]", "", StringComparison.Ordinal));
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                members = new(StringComparer.Ordinal);
                types[$"{ns}.{HeaderName(line)}"] = members;
            }
        }
        return types;
    }

    private static string HeaderName(string header)
    {
        var words = header.Replace("  [Obsolete]", "", StringComparison.Ordinal).Split(" : ")[0].Split(" where ")[0];
        string[] modifiers = ["static ", "abstract ", "sealed ", "class ", "record ", "interface ", "enum ", "struct ", "delegate "];
        while (Array.Find(modifiers, m => words.StartsWith(m, StringComparison.Ordinal)) is { } modifier)
        {
            words = words[modifier.Length..];
        }
        return words.Trim();
    }

    private static bool IsVisible(Type type) =>
        type.IsNested
            ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
            : type.IsPublic;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            yield return string.Join(", ", Enum.GetNames(type).Select(n => $"{n}={Convert.ToInt64(Enum.Parse(type, n))}"));
            yield break;
        }
        var isRecord = type.GetMethod("<Clone>$") is not null;
        foreach (var constructor in type.GetConstructors(Declared).Where(c => !c.IsStatic && IsVisible(c)))
        {
            if (!(isRecord && constructor.GetParameters() is [{ ParameterType: var only }] && only == type))
            {
                yield return $"{(constructor.IsPublic ? "" : "protected ")}.ctor({MemberLines.Parameters(constructor)})";
            }
        }
        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly))
        {
            yield return $"{(field.IsStatic ? "static " : "")}field {TypeNames.Of(field.FieldType)} {field.Name}";
        }
        foreach (var property in type.GetProperties(Declared).Where(p => p.Name != "EqualityContract"))
        {
            if (MemberLines.Property(property) is { } line)
            {
                yield return line;
            }
        }
        foreach (var item in type.GetEvents(Declared).Where(e => e.AddMethod!.IsPublic))
        {
            yield return $"event {TypeNames.Of(item.EventHandlerType!)} {item.Name}";
        }
        foreach (var method in type.GetMethods(Declared).Where(m => IsVisible(m) && !IsSynthesised(m, isRecord)))
        {
            yield return MemberLines.Method(method);
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsSynthesised(MethodInfo method, bool isRecord) =>
        (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
        || method.Name.Contains('<', StringComparison.Ordinal)
        || (isRecord && (method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name == "PrintMembers"));
}
