using System.Reflection;
using System.Runtime.CompilerServices;

namespace Temporalio.Tests.PublicApi;

/// <summary>Members in the listing's notation.</summary>
internal static class MemberLines
{
    internal static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
        + $"{TypeNames.Of(p.ParameterType)} {p.Name}"
        + (p.HasDefaultValue ? $" = {Default(p)}" : "")));

    internal static string? Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(a => a.IsPublic || a.IsFamily || a.IsFamilyOrAssembly).ToArray();
        if (accessors.Length == 0)
        {
            return null;
        }
        var isProtected = accessors.All(a => !a.IsPublic);
        var text = $"{(isProtected ? "protected " : "")}{Modifiers(accessors[0])}{TypeNames.Of(property.PropertyType)} {property.Name} {{";
        foreach (var accessor in accessors)
        {
            var kind = accessor == property.GetMethod
                ? "get"
                : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";
            text += $" {(accessor.IsPublic || isProtected ? "" : "protected ")}{kind};";
        }
        return text + " }";
    }

    internal static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Of))}>"
            : "";
        return $"{(method.IsPublic ? "" : "protected ")}{Modifiers(method)}{TypeNames.Of(method.ReturnType)} "
            + $"{method.Name}{generic}({Parameters(method)}){TypeNames.Constraints(method)}";
    }

    private static string Modifiers(MethodInfo method)
    {
        if (method.IsStatic)
        {
            return "static ";
        }
        if (method.DeclaringType!.IsInterface || !method.IsVirtual)
        {
            return "";
        }
        if (method.GetBaseDefinition() != method)
        {
            return "override ";
        }
        return method.IsAbstract ? "abstract " : method.IsFinal ? "" : "virtual ";
    }

    private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null or DBNull => "null",
        var value when parameter.ParameterType.IsEnum => Enum.ToObject(parameter.ParameterType, value).ToString()!,
        var value => value.ToString()!,
    };
}
