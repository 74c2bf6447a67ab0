using System.Text.Json;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models;

/// <summary>The parameters that every provider understands.</summary>
internal static class ModelParameters
{
    /// <exception cref="ModelException">A known parameter has a value of the wrong kind.</exception>
    public static ChatOptions ToOptions(ModelDefinition model)
    {
        var options = new ChatOptions { ModelId = model.Name.Length > 0 ? model.Name : null };
        foreach (var parameter in model.Parameters.EnumerateObject())
        {
            try
            {
                Apply(options, parameter);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException)
            {
                throw new ModelException($"The model parameter '{parameter.Name}' cannot be {parameter.Value.GetRawText()}.", e);
            }
        }

        return options;
    }

    private static void Apply(ChatOptions options, JsonProperty parameter)
    {
        var value = parameter.Value;
        switch (parameter.Name)
        {
            case "temperature":
                options.Temperature = value.GetSingle();
                break;
            case "top_p":
                options.TopP = value.GetSingle();
                break;
            case "max_tokens":
                options.MaxOutputTokens = value.GetInt32();
                break;
            case "seed":
                options.Seed = value.GetInt64();
                break;
            case "stop":
                options.StopSequences = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [.. value.EnumerateArray().Select(item => item.GetString() ?? "")];
                break;
        }
    }
}
