using System.Text;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models.Anthropic;

/// <summary>
/// The arguments of calls as the model wrote them. The package makes no arguments of those that it cannot read, because the answer was cut off or is no
/// object; the tool would then be run with none.
/// </summary>
internal sealed class WrittenArguments
{
    private readonly Dictionary<long, StringBuilder> _texts = [];
    private readonly Dictionary<string, StringBuilder> _ofCalls = new(StringComparer.Ordinal);

    /// <summary>The update with its calls as they were written.</summary>
    public ChatResponseUpdate With(ChatResponseUpdate update)
    {
        if (update.RawRepresentation is RawMessageStreamEvent streamed)
        {
            Collect(streamed);
        }

        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (update.Contents[i] is FunctionCallContent call && _ofCalls.TryGetValue(call.CallId, out var text) && text.Length > 0)
            {
                update.Contents[i] = ToolCalls.Content(call.CallId, call.Name, text.ToString());
            }
        }

        return update;
    }

    private void Collect(RawMessageStreamEvent streamed)
    {
        if (streamed.TryPickContentBlockStart(out var start) && start.ContentBlock.TryPickToolUse(out var call))
        {
            _texts[start.Index] = _ofCalls[call.ID] = new StringBuilder();
        }
        else if (streamed.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickInputJson(out var json) && _texts.TryGetValue(delta.Index, out var text))
        {
            text.Append(json.PartialJson);
        }
    }
}
