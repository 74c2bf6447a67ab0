using System.Text.Json;

namespace Agents.Durable.Gateway.Requests;

/// <summary>One thing that is wrong with a request or with an agent's answer.</summary>
/// <param name="Path">Where, with dots.</param>
/// <param name="Type">The kind of problem in one word, of a fixed vocabulary.</param>
/// <param name="Message">What is expected.</param>
/// <param name="Input">What stands there; null where nothing does.</param>
internal sealed record Problem(string Path, string Type, string Message, JsonElement? Input);
