using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools.Workspace;

/// <summary>
/// Replaces one piece of a file. Doing it twice is not doing it once, so it is verifiable: the plan holds the hash of the file before and after, and the file
/// tells which of the two it is.
/// </summary>
internal sealed class EditFileTool : IVerifiableTool
{
    public ToolSpec Spec { get; } = new()
    {
        Name = "edit_file",
        Description = "Replaces one piece of text in a file of the workspace. The text to find must occur exactly once.",
        Schema = JsonDocument.Parse(
            """
            {"type":"object","properties":{
              "path":{"type":"string","description":"The file."},
              "find":{"type":"string","minLength":1,"description":"The text to replace, exactly as it is in the file."},
              "replace":{"type":"string","description":"The text to put in its place."}
            },"required":["path","find","replace"]}
            """).RootElement.Clone(),
        Effect = Effect.Verifiable,
    };

    public async Task<string> PlanAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var (_, before, after) = await EditAsync(call, cancellationToken);
        return $"{Hash(before)} {Hash(after)}";
    }

    public async Task<ToolProbe> ProbeAsync(ToolCall call, string plan, CancellationToken cancellationToken)
    {
        var (path, now) = (Text(call, "path"), "");
        try
        {
            now = Hash(await WorkspaceTools.ReadTextAsync(call.Workspace, path, cancellationToken));
        }
        catch (ToolException e)
        {
            return new ToolProbe.Unclear(e.Message);
        }

        var hashes = plan.Split(' ');
        return now == hashes[1] ? new ToolProbe.Happened(Done(path))
            : now == hashes[0] ? new ToolProbe.Missing()
            : new ToolProbe.Unclear($"'{path}' was changed by something else meanwhile.");
    }

    public async Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var (path, _, after) = await EditAsync(call, cancellationToken);
        await call.Workspace.WriteAsync(path, Encoding.UTF8.GetBytes(after), cancellationToken);
        return Done(path);
    }

    private static async Task<(string Path, string Before, string After)> EditAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var (path, find, replace) = (Text(call, "path"), Text(call, "find"), Text(call, "replace"));
        var before = await WorkspaceTools.ReadExactlyAsync(call.Workspace, path, cancellationToken);
        var at = before.IndexOf(find, StringComparison.Ordinal);
        if (at < 0 && find.Contains('\n', StringComparison.Ordinal) && before.Contains("\r\n", StringComparison.Ordinal))
        {
            // Models write line ends as LF; in a file where they are CRLF, they mean those.
            (find, replace) = (find.ReplaceLineEndings("\r\n"), replace.ReplaceLineEndings("\r\n"));
            at = before.IndexOf(find, StringComparison.Ordinal);
        }

        if (at < 0)
        {
            throw new ToolException($"The text to find does not occur in '{path}'.");
        }

        if (before.IndexOf(find, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new ToolException($"The text to find occurs more than once in '{path}'; give more of what is around it.");
        }

        return (path, before, string.Concat(before.AsSpan(0, at), replace, before.AsSpan(at + find.Length)));
    }

    private static ToolResult Done(string path) => new($"Edited {path}.");

    private static string Text(ToolCall call, string name) => call.Arguments.GetProperty(name).GetString()!;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
