using System.Reflection;

namespace Temporalio.Worker.Invocation;

/// <summary>How the names of activities, workflows and handlers follow from those of methods and types.</summary>
internal static class HandlerNames
{
    private const string AsyncSuffix = "Async";

    /// <summary>The method's name, without "Async" when it returns a task.</summary>
    public static string OfMethod(MethodInfo method) =>
        typeof(Task).IsAssignableFrom(method.ReturnType) && method.Name.Length > AsyncSuffix.Length && method.Name.EndsWith(AsyncSuffix, StringComparison.Ordinal)
            ? method.Name[..^AsyncSuffix.Length]
            : method.Name;

    /// <summary>The type's name; an interface loses its "I" before an upper-case letter.</summary>
    public static string OfType(Type type) =>
        type.IsInterface && type.Name.Length > 1 && type.Name[0] == 'I' && char.IsUpper(type.Name[1]) ? type.Name[1..] : type.Name;

    /// <summary>Names that the server and the SDKs keep for themselves.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith("__temporal_", StringComparison.Ordinal) || name is "__stack_trace" or "__enhanced_stack_trace";
}
