using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>What a tool of an MCP server answered, as text for the model.</summary>
internal static class McpResults
{
    public static string Text(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(Text(block));
        }

        return text.Length == 0 && result.StructuredContent is { } structured ? structured.GetRawText() : text.ToString();
    }

    // Models read text here: the letters of an encoded picture would fill their context, and tell them nothing.
    private static string Text(ContentBlock block) => block switch
    {
        TextContentBlock words => words.Text,
        ImageContentBlock image => $"[an image, {image.MimeType}, that cannot be shown here]",
        AudioContentBlock audio => $"[a recording, {audio.MimeType}, that cannot be heard here]",
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
        EmbeddedResourceBlock { Resource: var resource } => $"[the resource {resource.Uri}, {resource.MimeType ?? "of no known type"}, that cannot be shown here]",
        _ => JsonSerializer.Serialize(block, McpJsonUtilities.DefaultOptions),
    };
}
