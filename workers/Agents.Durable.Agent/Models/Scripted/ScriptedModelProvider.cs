using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models.Scripted;

/// <summary>The built-in model <c>scripted</c>: needs no key and no network. Its <c>parameters.script</c> is a list of turns.</summary>
internal sealed class ScriptedModelProvider(TimeProvider time) : IModelProvider
{
    public string Name => "scripted";

    public IChatClient Create(ModelDefinition model) =>
        new ScriptedChatClient(model.Parameters.TryGetProperty("script", out var script) ? ScriptedTurn.ReadScript(script) : null, time);
}
