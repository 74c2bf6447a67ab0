using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models;

/// <summary>
/// A model's request for a tool, with the arguments exactly as the model wrote them: they may be no JSON at all, and then it is the tool's answer that
/// tells the model so.
/// </summary>
internal static class ToolCalls
{
    private const string RawKey = "arguments_text";

    public static FunctionCallContent Content(string id, string name, string arguments)
    {
        var content = new FunctionCallContent(id, name) { AdditionalProperties = new AdditionalPropertiesDictionary { [RawKey] = arguments } };
        return content;
    }

    /// <summary>The arguments' text, also of calls that other clients made.</summary>
    public static string ArgumentsOf(FunctionCallContent call) =>
        call.AdditionalProperties?.TryGetValue(RawKey, out var raw) == true && raw is string text ? text
        : call.Arguments is { } arguments ? JsonSerializer.Serialize(arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)))
        : "{}";
}
