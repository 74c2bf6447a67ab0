using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Agent.Tools.Workspace;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tests.Tools;

/// <summary>Files that a shell, or a person, may leave in a workspace.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HostileFilesTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("durable-ws-");
    private readonly WorkspaceFolder _workspace;

    public HostileFilesTests() => _workspace = WorkspaceFolder.Open(_parent.FullName, "task");

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public async Task Write_LinkLiesWhereThePartWouldBeWritten_NothingOutsideIsWritten()
    {
        var content = Encoding.UTF8.GetBytes("payload");
        var outside = Path.Combine(_parent.FullName, "outside");
        var seen = await PartsAsync(content);
        foreach (var name in seen)
        {
            File.CreateSymbolicLink(Path.Combine(_workspace.Root, name), outside);
        }

        await _workspace.WriteAsync("a", content, CancellationToken.None);
        Assert.False(File.Exists(outside));
        Assert.Equal("payload", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "a"), TestContext.Current.CancellationToken));
        Assert.Equal("payload", await CallAsync("read_file", new { path = "a" }));
    }

    [Fact]
    public async Task Pipe_ThatNobodyWritesTo_KeepsNoToolWaiting()
    {
        using var made = Process.Start("mkfifo", Path.Combine(_workspace.Root, "pipe"));
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_workspace.Root, "text"), "needle", TestContext.Current.CancellationToken);
        Assert.Equal("text:1: needle", await CallAsync("grep", new { pattern = "needle" }).WaitAsync(DatabaseFixture.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("", await CallAsync("read_file", new { path = "pipe" }).WaitAsync(DatabaseFixture.Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.StartsWith("Wrote", await CallAsync("write_file", new { path = "pipe", content = "x" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_FileIsNotInUtf8_IsRefusedAndNothingIsLost()
    {
        byte[] latin = [.. "caf"u8, 0xE9, .. " one"u8];
        var path = Path.Combine(_workspace.Root, "latin.txt");
        await File.WriteAllBytesAsync(path, latin, TestContext.Current.CancellationToken);
        Assert.Contains("is not in UTF-8", (await Assert.ThrowsAsync<ToolException>(() => EditAsync("latin.txt", "one", "two"))).Message, StringComparison.Ordinal);
        Assert.Equal(latin, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("\uFEFFa\r\nb\r\nc", "a\nb", "x\ny\nz", "\uFEFFx\r\ny\r\nz\r\nc")]
    [InlineData("a\nb\n", "a\nb", "x\ny", "x\ny\n")]
    [InlineData("a\r\nb", "b", "c", "a\r\nc")]
    [InlineData("a\r\nb\r\n", "a\r\nb", "c\nd", "c\nd\r\n")]
    [InlineData("\uFFFD one", "one", "two", "\uFFFD two")]
    [InlineData("no end", "end", "end\n", "no end\n")]
    public async Task Edit_LineEndsAndMarks_AreTheFilesOwn(string before, string find, string replace, string after)
    {
        var path = Path.Combine(_workspace.Root, "a.txt");
        await File.WriteAllBytesAsync(path, Encoding.UTF8.GetBytes(before), TestContext.Current.CancellationToken);
        await EditAsync("a.txt", find, replace);
        Assert.Equal(Encoding.UTF8.GetBytes(after), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Edit_FileIsAProgram_StaysOne()
    {
        var path = Path.Combine(_workspace.Root, "run.sh");
        await File.WriteAllTextAsync(path, "echo one", TestContext.Current.CancellationToken);
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead;
        File.SetUnixFileMode(path, Mode);
        await EditAsync("run.sh", "one", "two");
        Assert.Equal(Mode, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Write_NameIsAsLongAsNamesGo_IsWritten()
    {
        var name = new string('n', 255);
        await CallAsync("write_file", new { path = name, content = "x" });
        Assert.Equal([name], Directory.GetFiles(_workspace.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Grep_LineIsAsLongAsTheFile_IsShortened()
    {
        await File.WriteAllTextAsync(Path.Combine(_workspace.Root, "min.js"), new string('a', 200_000), TestContext.Current.CancellationToken);
        Assert.InRange((await CallAsync("grep", new { pattern = "aaa" })).Length, 400, 600);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(.*a){20}b")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("(?=a)b")]
    [InlineData("[")]
    public async Task Grep_PatternIsCostlyOrNone_EndsSoon(string pattern)
    {
        await File.WriteAllTextAsync(Path.Combine(_workspace.Root, "a.txt"), new string('a', 5_000) + "!", TestContext.Current.CancellationToken);
        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            await CallAsync("grep", new { pattern });
        }
        catch (Exception e) when (e is ToolException or System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            // Told to the model.
        }

        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(20));
    }

    /// <summary>Names of the parts that writing this content makes on its way, as whoever can read the code can foretell them.</summary>
    private async Task<IReadOnlyList<string>> PartsAsync(byte[] content)
    {
        var names = new List<string?>();
        var probe = Directory.CreateDirectory(Path.Combine(_workspace.Root, "probe"));
        using var watcher = new FileSystemWatcher(probe.FullName) { EnableRaisingEvents = true };
        var whole = new TaskCompletionSource();
        watcher.Renamed += (_, e) =>
        {
            names.Add(e.OldName);
            whole.TrySetResult();
        };
        await _workspace.WriteAsync("probe/a", content, CancellationToken.None);
        await whole.Task.WaitAsync(DatabaseFixture.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        return [.. names.Where(name => name is not null)!];
    }

    private Task<string> EditAsync(string path, string find, string replace) => InvokeAsync(new EditFileTool(), new { path, find, replace });

    private Task<string> CallAsync(string name, object arguments) =>
        InvokeAsync(FunctionTool.AllOf(typeof(WorkspaceTools), null).Single(tool => tool.Attribute.Name == name).Tool, arguments);

    private async Task<string> InvokeAsync(ITool tool, object arguments) => (await tool.InvokeAsync(new ToolCall
    {
        TaskId = "task",
        CallId = "m0-0",
        IdempotencyKey = IdempotencyKey.Of("task", "m0-0"),
        Arguments = JsonSerializer.SerializeToElement(arguments),
        Workspace = _workspace,
    }, TestContext.Current.CancellationToken)).Content;
}
