using System.Text.Json;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Agent.Tools.Shell;
using Agents.Durable.Agent.Tools.Workspace;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Durable.Agent.Tests.Tools;

/// <summary>The sandbox, where the machine has one.</summary>
public sealed class ShellToolTests : IAsyncLifetime
{
    private static readonly Task<ShellSandbox> s_finding = ShellSandbox.FindAsync(TimeProvider.System);
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-shell-").FullName;
    private ShellSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await s_finding;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Shell_Command_RunsInTheWorkspace()
    {
        var result = await RunAsync("echo hello > a.txt; cat a.txt; pwd; exit 3");
        Assert.Equal("exit code 3\nhello\n/workspace\n", result.Content);
        Assert.True(result.IsError);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(_folder, "task", "a.txt"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("touch /usr/x")]
    [InlineData("ls /home")]
    [InlineData("ls /root")]
    [InlineData("cat /etc/shadow")]
    [InlineData("grep -vE 'lo:|Inter|face' /proc/net/dev")]
    [InlineData("test -n \"$SECRET_OF_THE_HOST\"")]
    public async Task Shell_BeyondTheWorkspace_IsOutOfReach(string command) => Assert.True((await RunAsync(command)).IsError);

    [Fact]
    public async Task Shell_Canceled_EndsWithEverythingInIt()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync("sleep 600 & sleep 600", source.Token));
    }

    [Fact]
    public async Task Shell_EndlessOutput_IsCutOff()
    {
        var result = await RunAsync("yes | head -c 1000000");
        Assert.EndsWith("… cut off", result.Content, StringComparison.Ordinal);
        Assert.True(result.Content.Length < 70_000);
    }

    [Fact]
    public async Task Find_NoSandbox_SaysWhyThereIsNoShell()
    {
        var tools = new ShellTools(() => Task.FromResult(new ShellSandbox(null, "bubblewrap is not installed")), TimeProvider.System, NullLogger<ShellTools>.Instance);
        var failure = await Assert.ThrowsAsync<ToolException>(async () => await tools.FindAsync(new ToolEntry { Name = "shell" }, TestContext.Current.CancellationToken));
        Assert.Equal("There is no shell on this worker: bubblewrap is not installed.", failure.Message);
        Assert.Null(await tools.FindAsync(new ToolEntry { Name = "list_files" }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Find_SandboxIsLookedFor_NobodyIsHeldUpAndAllGetTheOne()
    {
        var found = new TaskCompletionSource<ShellSandbox>();
        var looks = 0;
        var tools = new ShellTools(
            () =>
            {
                looks++;
                return found.Task;
            },
            TimeProvider.System, NullLogger<ShellTools>.Instance);
        using var patience = new CancellationTokenSource();
        var (first, second) = (Find(CancellationToken.None), Find(CancellationToken.None));
        var third = Find(patience.Token);
        Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        found.SetResult(new ShellSandbox("bwrap", ""));
        Assert.Equal(["shell", "shell"], new[] { Assert.Single((await first)!), Assert.Single((await second)!) }.Select(tool => tool.Spec.Name));
        Assert.Equal(1, looks);

        Task<IReadOnlyList<ITool>?> Find(CancellationToken cancellationToken) => tools.FindAsync(new ToolEntry { Name = "shell" }, cancellationToken).AsTask();
    }

    private async Task<ToolResult> RunAsync(string command, CancellationToken cancellationToken = default)
    {
        Assert.SkipWhen(_sandbox.Program is null, $"There is no shell on this machine: {_sandbox.Reason}.");
        return await new ShellTool(_sandbox.Program!, TimeProvider.System).InvokeAsync(
            new ToolCall
            {
                TaskId = "task",
                CallId = "m0-0",
                IdempotencyKey = IdempotencyKey.Of("task", "m0-0"),
                Arguments = JsonSerializer.SerializeToElement(new { command }),
                Workspace = WorkspaceFolder.Open(_folder, "task"),
            },
            cancellationToken);
    }
}
