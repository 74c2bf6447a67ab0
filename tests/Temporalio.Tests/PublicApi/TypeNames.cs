using System.Reflection;

namespace Temporalio.Tests.PublicApi;

/// <summary>Names of types in the listing's notation.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    internal static string OfDefinition(Type type) => Generic(type, type.GetGenericArguments());

    internal static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }
        if (type.IsByRef)
        {
            return "ref " + Of(type.GetElementType()!);
        }
        return Nullable.GetUnderlyingType(type) is { } underlying ? Of(underlying) + "?" : Generic(type, type.GetGenericArguments());
    }

    /// <summary>The constraints as the listing has them: those that metadata knows.</summary>
    internal static string Constraints(MethodInfo method) => string.Concat(method.IsGenericMethodDefinition
        ? method.GetGenericArguments().Select(Constraint)
        : []);

    private static string Constraint(Type parameter)
    {
        List<string> parts = [];
        if (parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            parts.Add("struct");
        }
        parts.AddRange(parameter.GetGenericParameterConstraints().Select(Of));
        return parts.Count == 0 ? "" : $" where {parameter.Name}: {string.Join(", ", parts)}";
    }

    private static string Generic(Type type, Type[] arguments)
    {
        var outer = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        var name = type.Name.Split('`')[0];
        var own = arguments.Skip(outer).Select(Of).ToArray();
        name += own.Length == 0 ? "" : $"<{string.Join(", ", own)}>";
        return type.IsNested && !type.IsGenericParameter ? $"{Generic(type.DeclaringType!, arguments[..outer])}.{name}" : name;
    }
}
