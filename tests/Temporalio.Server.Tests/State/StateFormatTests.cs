using System.Runtime.CompilerServices;
using System.Text.Json;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.State;

/// <summary>
/// Runs that former builds stored are read by this one: samples of each format are kept in the folder <c>Formats</c>. A change of what a run's state holds makes
/// these fail; it then takes the next <see cref="Run.FormatVersion"/>, reads the former one too, and records samples of its own by
/// <c>dotnet exec Temporalio.Server.Tests.dll -explicit only -class Temporalio.Server.Tests.State.StateFormatTests</c>.
/// </summary>
public sealed class StateFormatTests
{
    private const ulong Seed = 1;

    public static TheoryData<string> Formats => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "State", "Formats")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Load_StatesOfAFormat_AreReadWhole(string file)
    {
        foreach (var sample in Read(file))
        {
            var run = Run.Load(new StoredRun(new WorkflowKey(sample.Namespace, sample.WorkflowId), sample.RunId, 1, Open: true, Current: true, sample.State));
            Assert.Contains(sample.For, StateFeatures.Of(run));
            if (file == Name(Run.FormatVersion))
            {
                Assert.Equal(Convert.ToBase64String(sample.State), Convert.ToBase64String(run.Save(new StateWriter()).Span));
            }
        }
    }

    [Fact]
    public void Formats_TheOneThatIsWritten_HasSamples() => Assert.Contains(Name(Run.FormatVersion), Formats.Select(row => row.Data));

    [Fact(Explicit = true)]
    public void Record_TheFormatThatIsWritten()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var samples = new List<Sample>();
        foreach (var name in Transcript.Names)
        {
            var states = new KeptStates();
            SimulatedPlay.Play(Transcript.Load(name), Seed, forgetful: false, states);
            foreach (var state in states.All)
            {
                // One sample for each thing that a run can be or have, from where it is seen first.
                if (StateFeatures.Of(Run.Load(state)).FirstOrDefault(seen.Add) is { } feature)
                {
                    samples.Add(new Sample(feature, state.Workflow.Namespace, state.Workflow.WorkflowId, state.RunId, state.State.ToArray()));
                }
            }
        }

        File.WriteAllText(Path.Combine(Folder(), Name(Run.FormatVersion)), $"[\n{string.Join(",\n", samples.Select(sample => JsonSerializer.Serialize(sample)))}\n]\n");
    }

    private static string Name(int format) => $"{format}.json";

    private static Sample[] Read(string file) => JsonSerializer.Deserialize<Sample[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "State", "Formats", file)))!;

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Formats");

    private sealed record Sample(string For, string Namespace, string WorkflowId, string RunId, byte[] State);
}
