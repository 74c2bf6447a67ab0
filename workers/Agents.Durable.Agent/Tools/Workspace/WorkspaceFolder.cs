using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Agents.Durable.Agent.Tools.Workspace;

/// <summary>
/// A task's own folder. Nothing outside it can be named: not by <c>..</c>, not by an absolute path, not through a symbolic link, wherever in the path that is.
/// </summary>
public sealed class WorkspaceFolder
{
    private const int MostLinks = 40;
    private readonly string _root;

    private WorkspaceFolder(string root) => _root = root;

    /// <summary>Where it is, without links.</summary>
    public string Root => _root;

    /// <summary>The folder of a task below <paramref name="parent"/>; made when it is not there.</summary>
    public static WorkspaceFolder Open(string parent, string taskId)
    {
        // Ids are free text at the edges of the API; what is no plain name is not used as one.
        var plain = taskId.Length is > 0 and <= 64 && taskId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        var name = plain ? taskId : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(taskId)));
        var root = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parent), name)).FullName;
        return new WorkspaceFolder(RealPath(root));
    }

    /// <summary>The real path of a file or folder, which need not exist.</summary>
    /// <param name="path">Relative to the folder; empty, <c>.</c> and <c>/</c> are the folder itself.</param>
    /// <exception cref="ToolException">It is outside.</exception>
    public string Resolve(string path)
    {
        if (path.Contains('\0'))
        {
            throw new ToolException("A path cannot contain the character U+0000.");
        }

        // A leading slash means the workspace, unless it is the workspace's own full path.
        var relative = path.StartsWith(_root, StringComparison.Ordinal) ? Path.GetRelativePath(_root, path) : path.TrimStart('/');
        string real;
        try
        {
            real = RealPath(Path.GetFullPath(relative, _root));
        }
        catch (IOException e)
        {
            throw new ToolException($"The path '{path}' cannot be followed: {e.Message}", e);
        }

        return Contains(real) ? real : throw new ToolException($"The path '{path}' is outside the workspace.");
    }

    /// <summary>How a path inside is shown.</summary>
    public string Show(string real) => Path.GetRelativePath(_root, real);

    /// <summary>Opens a file for reading, and makes sure that what was opened is inside, whatever was changed since its path was looked at.</summary>
    /// <exception cref="ToolException">It is outside, or no file.</exception>
    public Stream OpenRead(string path)
    {
        var real = Resolve(path);
        if (!File.Exists(real))
        {
            throw new ToolException(Directory.Exists(real) ? $"'{path}' is a folder, not a file." : $"There is no file '{path}'.");
        }

        if (new FileInfo(real).Length == 0)
        {
            // Pipes have no length either, and opening one waits until somebody writes to it.
            return Stream.Null;
        }

        var stream = new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (!IsInside(stream.SafeFileHandle))
        {
            stream.Dispose();
            throw new ToolException($"The path '{path}' is outside the workspace.");
        }

        return stream;
    }

    /// <summary>Replaces a file at once: readers, and a restart after a crash, see the old or the new content, never a part.</summary>
    /// <exception cref="ToolException">It is outside, or a folder.</exception>
    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var real = Resolve(path);
        if (real == _root || Directory.Exists(real))
        {
            throw new ToolException($"'{path}' is a folder, not a file.");
        }

        var folder = Path.GetDirectoryName(real)!;
        if (File.Exists(folder))
        {
            throw new ToolException($"'{Show(folder)}' is a file, so there can be no file below it.");
        }

        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, 8))}.tmp");
        try
        {
            await WriteNewAsync(temporary, content, cancellationToken);
            if (File.Exists(real) && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(real));
            }

            File.Move(temporary, real, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The name can be foretold, so somebody may have put a link there: what is written is a new file, inside.</summary>
    private async Task WriteNewAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        File.Delete(path);
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (!IsInside(stream.SafeFileHandle))
        {
            throw new ToolException("The folder was moved out of the workspace meanwhile.");
        }

        await stream.WriteAsync(content, cancellationToken);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>All files below a folder, in order; links are shown and not followed.</summary>
    public IEnumerable<string> Files(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(folder, "*", options).Where(Contains).Order(StringComparer.Ordinal);
    }

    private bool Contains(string real) => real == _root || real.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private bool IsInside(SafeFileHandle handle)
    {
        var link = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}");
        return !OperatingSystem.IsLinux() || (link.LinkTarget is { } target && Contains(target));
    }

    private static string RealPath(string full)
    {
        var pending = new Stack<string>(full.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var real = "/";
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, part);
            if (part == "." || new FileInfo(next).LinkTarget is not { } target)
            {
                real = part == "." ? real : next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("too many symbolic links");
            }

            if (Path.IsPathRooted(target))
            {
                real = "/";
            }

            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                pending.Push(step);
            }
        }

        return real;
    }
}
