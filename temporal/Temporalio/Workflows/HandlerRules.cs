using System.Reflection;
using Temporalio.Converters;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>The rules that signal, query and update handlers share.</summary>
internal static class HandlerRules
{
    /// <summary>Checks name and parameters, and answers the name: <see langword="null"/> for a dynamic handler.</summary>
    /// <exception cref="ArgumentException">The handler breaks a rule.</exception>
    public static string? CheckName(string kind, MemberInfo member, string? attributeName, bool dynamic, string defaultName, IReadOnlyList<ParameterInfo> parameters)
    {
        if (dynamic)
        {
            if (attributeName is not null)
            {
                throw new ArgumentException($"{kind} method {member} cannot be dynamic and have a name");
            }

            CheckDynamicParameters(kind, member, parameters);
            return null;
        }

        var name = attributeName ?? defaultName;
        return HandlerNames.IsReserved(name) ? throw new ArgumentException($"{kind} name {name} of {member} is reserved") : name;
    }

    /// <summary>Checks what every handler method must be: public, not static, not generic, without by-reference parameters.</summary>
    /// <exception cref="ArgumentException">The method is something else.</exception>
    public static void CheckMethod(string kind, MethodInfo method)
    {
        if (method.IsStatic)
        {
            throw new ArgumentException($"{kind} method {method} cannot be static");
        }

        if (!method.IsPublic)
        {
            throw new ArgumentException($"{kind} method {method} must be public");
        }

        if (method.ContainsGenericParameters)
        {
            throw new ArgumentException($"{kind} method {method} has generic parameters");
        }

        if (method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            throw new ArgumentException($"{kind} method {method} has disallowed ref/out parameter");
        }
    }

    /// <summary>A dynamic handler takes the name and the raw arguments.</summary>
    /// <exception cref="ArgumentException">It takes something else.</exception>
    public static void CheckDynamicParameters(string kind, MemberInfo member, IReadOnlyList<ParameterInfo> parameters)
    {
        if (parameters.Count != 2 || parameters[0].ParameterType != typeof(string) || parameters[1].ParameterType != typeof(IRawValue[]))
        {
            throw new ArgumentException($"Dynamic {kind.ToLowerInvariant()} {member} must accept string and array of IRawValue parameters");
        }
    }
}
