using Agents.Durable.Agent.Tools;
using Agents.Durable.Agent.Tools.Workspace;

namespace Agents.Durable.Agent.Tests.Tools;

public sealed class WorkspaceFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("durable-ws-");
    private readonly WorkspaceFolder _workspace;

    public WorkspaceFolderTests()
    {
        _workspace = WorkspaceFolder.Open(_parent.FullName, "task");
        File.WriteAllText(Path.Combine(_parent.FullName, "secret"), "secret");
        Directory.CreateDirectory(Path.Combine(_parent.FullName, "task2"));
        Directory.CreateDirectory(Path.Combine(_workspace.Root, "inner"));
        File.WriteAllText(Path.Combine(_workspace.Root, "inner", "a.txt"), "a");
        File.CreateSymbolicLink(Path.Combine(_workspace.Root, "link-out"), Path.Combine(_parent.FullName, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_workspace.Root, "folder-out"), _parent.FullName);
        Directory.CreateSymbolicLink(Path.Combine(_workspace.Root, "relative-out"), "../");
        File.CreateSymbolicLink(Path.Combine(_workspace.Root, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(_workspace.Root, "dangling-out"), Path.Combine(_parent.FullName, "new"));
        File.CreateSymbolicLink(Path.Combine(_workspace.Root, "link-in"), "inner/a.txt");
    }

    public void Dispose() => _parent.Delete(recursive: true);

    [Theory]
    [InlineData("../secret")]
    [InlineData("inner/../../secret")]
    [InlineData("link-out")]
    [InlineData("folder-out/secret")]
    [InlineData("relative-out/secret")]
    [InlineData("../task2/x")]
    [InlineData("dangling-out")]
    [InlineData("loop")]
    [InlineData("folder-out/task/inner/../../secret")]
    [InlineData("a\0b")]
    public async Task Paths_LeadOutside_AreRefusedForReadingAndWriting(string path)
    {
        Assert.Throws<ToolException>(() => _workspace.OpenRead(path));
        await Assert.ThrowsAsync<ToolException>(() => _workspace.WriteAsync(path, "x"u8.ToArray(), CancellationToken.None));
        Assert.False(File.Exists(Path.Combine(_parent.FullName, "new")));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(_parent.FullName, "secret"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("inner/a.txt")]
    [InlineData("/inner/a.txt")]
    [InlineData("./inner/../inner/a.txt")]
    [InlineData("link-in")]
    [InlineData("folder-out/task/inner/a.txt")]
    public void OpenRead_PathLeadsInside_Opens(string path)
    {
        using var stream = _workspace.OpenRead(path);
        Assert.Equal('a', stream.ReadByte());
    }

    [Fact]
    public void OpenRead_FullPathOfTheWorkspace_Opens()
    {
        using var stream = _workspace.OpenRead(Path.Combine(_workspace.Root, "inner", "a.txt"));
        Assert.Equal('a', stream.ReadByte());
    }

    [Fact]
    public async Task Write_ThroughLinkInside_ReplacesItsTarget()
    {
        await _workspace.WriteAsync("link-in", "new"u8.ToArray(), CancellationToken.None);
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "inner", "a.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Files_LinksOutside_AreNotFollowed() => Assert.Equal(["inner/a.txt"], _workspace.Files(_workspace.Root).Select(_workspace.Show));

    [Theory]
    [InlineData("../../etc")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    public void Open_TaskIdIsNoPlainName_StaysBelowItsParent(string taskId) =>
        Assert.Equal(_parent.FullName, Path.GetDirectoryName(WorkspaceFolder.Open(_parent.FullName, taskId).Root));
}
