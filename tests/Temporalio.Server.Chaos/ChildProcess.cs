using System.Diagnostics;

namespace Temporalio.Server.Chaos;

/// <summary>A program this run started, its lines passed on as they come.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(string program, IEnumerable<string> arguments, Action<string> line)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Pass(e.Data, line);
        _process.ErrorDataReceived += (_, e) => Pass(e.Data, line);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public void Tell(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static void Pass(string? data, Action<string> line)
    {
        if (data is not null)
        {
            line(data);
        }
    }
}
