using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Npgsql;

namespace Agents.Durable.Agent.Tools;

/// <summary>A method as a tool.</summary>
internal sealed class FunctionTool : ITransactionalTool
{
    private static readonly object s_callKey = new();
    private static readonly object s_connectionKey = new();
    private readonly AIFunction _function;

    public FunctionTool(MethodInfo method, object? target, AgentToolAttribute attribute)
    {
        _function = AIFunctionFactory.Create(method, target, new AIFunctionFactoryOptions
        {
            Name = attribute.Name,
            ExcludeResultSchema = true,
            ConfigureParameterBinding = Bind,
            MarshalResult = (result, _, _) => ValueTask.FromResult(result),
        });
        Spec = new ToolSpec
        {
            Name = attribute.Name,
            Description = _function.Description,
            Schema = _function.JsonSchema,
            Effect = attribute.Effect,
            Timeout = attribute.TimeoutSeconds > 0 ? TimeSpan.FromSeconds(attribute.TimeoutSeconds) : null,
        };
    }

    public ToolSpec Spec { get; }

    /// <summary>The tools among a type's public methods.</summary>
    /// <param name="target">Null for static methods.</param>
    public static IEnumerable<(AgentToolAttribute Attribute, ITool Tool)> AllOf(Type type, object? target) =>
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        let attribute = method.GetCustomAttribute<AgentToolAttribute>()
        where attribute is not null && (method.IsStatic || target is not null)
        select (attribute, (ITool)new FunctionTool(method, method.IsStatic ? null : target, attribute));

    public Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken) => RunAsync(call, null, cancellationToken);

    public Task<ToolResult> InvokeAsync(ToolCall call, NpgsqlConnection connection, CancellationToken cancellationToken) => RunAsync(call, connection, cancellationToken);

    private async Task<ToolResult> RunAsync(ToolCall call, NpgsqlConnection? connection, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments(call.Arguments.EnumerateObject().ToDictionary(item => item.Name, object? (item) => item.Value))
        {
            Context = new Dictionary<object, object?> { [s_callKey] = call, [s_connectionKey] = connection },
        };
        return await _function.InvokeAsync(arguments, cancellationToken) switch
        {
            ToolResult result => result,
            string text => new ToolResult(text),
            null => new ToolResult("Done."),
            var other => new ToolResult(JsonSerializer.Serialize(other, AIJsonUtilities.DefaultOptions)),
        };
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Bind(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(ToolCall) ? FromContext(s_callKey)
        : parameter.ParameterType == typeof(NpgsqlConnection) ? FromContext(s_connectionKey)
        : default;

    private static AIFunctionFactoryOptions.ParameterBindingOptions FromContext(object key) => new()
    {
        ExcludeFromSchema = true,
        BindParameter = (_, arguments) => arguments.Context![key],
    };
}
