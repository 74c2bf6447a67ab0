using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools.Workspace;

/// <summary>Files of the task's folder. What changes a file in place is <see cref="EditFileTool"/>.</summary>
internal static class WorkspaceTools
{
    internal const string Group = "workspace";
    private const int MostBytes = 256 * 1024;
    private const int MostLines = 500;
    private const int LongestLine = 500;
    private static readonly TimeSpan s_matchTime = TimeSpan.FromSeconds(2);

    [AgentTool("list_files", Effect = Effect.Pure, Group = Group)]
    [Description("Lists a folder of the workspace: one name a line, folders end with a slash.")]
    public static string List(ToolCall call, [Description("The folder; the workspace itself when left out.")] string path = ".")
    {
        var real = call.Workspace.Resolve(path);
        if (!Directory.Exists(real))
        {
            throw new ToolException(File.Exists(real) ? $"'{path}' is a file, not a folder." : $"There is no folder '{path}'.");
        }

        return Lines(new DirectoryInfo(real).EnumerateFileSystemInfos()
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => item is DirectoryInfo { LinkTarget: null } ? item.Name + "/" : item.Name), "The folder is empty.");
    }

    [AgentTool("read_file", Effect = Effect.Pure, Group = Group)]
    [Description("Reads a text file of the workspace.")]
    public static async Task<string> ReadAsync(
        ToolCall call,
        [Description("The file.")] string path,
        [Description("First line to read, from 1.")] int offset = 1,
        [Description("How many lines to read; all when left out.")] int limit = int.MaxValue,
        CancellationToken cancellationToken = default)
    {
        var text = await ReadTextAsync(call.Workspace, path, cancellationToken);
        if (offset <= 1 && limit == int.MaxValue)
        {
            return text;
        }

        return string.Join('\n', text.Split('\n').Skip(Math.Max(offset, 1) - 1).Take(Math.Max(limit, 0)));
    }

    [AgentTool("write_file", Effect = Effect.Idempotent, Group = Group)]
    [Description("Writes a text file of the workspace, replacing it when it is there, with the folders that it needs.")]
    public static async Task<string> WriteAsync(
        ToolCall call, [Description("The file.")] string path, [Description("The whole content.")] string content, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        await call.Workspace.WriteAsync(path, bytes, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Wrote {bytes.Length} bytes to {path}.");
    }

    [AgentTool("glob", Effect = Effect.Pure, Group = Group)]
    [Description("Finds files of the workspace by name: * within a folder, ** over folders, ? for one character.")]
    public static string Glob(ToolCall call, [Description("For example **/*.cs")] string pattern) =>
        Lines(Matching(call.Workspace, pattern), "No file matches.");

    [AgentTool("grep", Effect = Effect.Pure, Group = Group)]
    [Description("Searches the workspace's text files for a regular expression; answers file:line: text.")]
    public static async Task<string> GrepAsync(
        ToolCall call,
        [Description("A regular expression.")] string pattern,
        [Description("Only in files that match, for example **/*.md")] string files = "**",
        CancellationToken cancellationToken = default)
    {
        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, s_matchTime);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ToolException($"The pattern is no regular expression that can be used here: {e.Message}", e);
        }

        var hits = new List<string>();
        foreach (var file in Matching(call.Workspace, files))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryReadAsync(call.Workspace, file, cancellationToken) is not { } text)
            {
                continue;
            }

            var number = 0;
            foreach (var line in text.Split('\n'))
            {
                number++;
                if (regex.IsMatch(line))
                {
                    hits.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{number}: {Shortened(line.TrimEnd('\r'))}"));
                }
            }

            if (hits.Count > MostLines)
            {
                break;
            }
        }

        return Lines(hits, "Nothing matches.");
    }

    /// <summary>A file that comes to be written again: nothing of it may be lost in the reading.</summary>
    /// <exception cref="ToolException">There is no such file, it is too large, no text, or none in UTF-8.</exception>
    internal static async Task<string> ReadExactlyAsync(WorkspaceFolder workspace, string path, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(workspace, path, cancellationToken);
        return !text.Contains('\uFFFD', StringComparison.Ordinal) || (await ReadBytesAsync(workspace, path, cancellationToken)).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text))
            ? text
            : throw new ToolException($"'{path}' is not in UTF-8; an edit would destroy what is not. Write the whole file instead, or use a program that knows its encoding.");
    }

    /// <exception cref="ToolException">There is no such file, it is too large, or no text.</exception>
    internal static async Task<string> ReadTextAsync(WorkspaceFolder workspace, string path, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(workspace, path, cancellationToken);
        return bytes.AsSpan().Contains((byte)0) ? throw new ToolException($"'{path}' is no text file.") : Encoding.UTF8.GetString(bytes);
    }

    private static async Task<byte[]> ReadBytesAsync(WorkspaceFolder workspace, string path, CancellationToken cancellationToken)
    {
        await using var stream = workspace.OpenRead(path);
        if (stream.Length > MostBytes)
        {
            throw new ToolException(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {stream.Length} bytes; at most {MostBytes} can be read."));
        }

        var bytes = new byte[stream.Length];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    // One line of a file that was made by a machine can be as long as the file.
    private static string Shortened(string line) => line.Length <= LongestLine ? line : line[..LongestLine] + "…";

    private static async Task<string?> TryReadAsync(WorkspaceFolder workspace, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadTextAsync(workspace, path, cancellationToken);
        }
        catch (ToolException)
        {
            // Large and binary files are not searched.
            return null;
        }
    }

    private static IEnumerable<string> Matching(WorkspaceFolder workspace, string pattern)
    {
        var expression = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern.AsSpan(i).StartsWith("**/"))
            {
                expression.Append("(?:.*/)?");
                i += 2;
            }
            else if (pattern.AsSpan(i).StartsWith("**"))
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }

        var regex = new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, s_matchTime);
        return workspace.Files(workspace.Root).Select(workspace.Show).Where(name => regex.IsMatch(name));
    }

    private static string Lines(IEnumerable<string> lines, string none)
    {
        var shown = lines.Take(MostLines + 1).ToList();
        if (shown.Count > MostLines)
        {
            shown[MostLines] = string.Create(CultureInfo.InvariantCulture, $"… more than {MostLines} lines; narrow the request.");
        }

        return shown.Count == 0 ? none : string.Join('\n', shown);
    }
}
