using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>
/// The official core is the measure: on the same tasks and answers this core activates, reports and runs activities as it did. In a
/// simulation, which it has to bear.
/// </summary>
public sealed class LiveOracleTests
{
    public static TheoryData<string> Names => new(LiveRecording.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Tasks_AreAnsweredAsTheOfficialCoreDid(string name)
    {
        var recording = LiveRecording.All[name];
        LivePlay? play = null;
        try
        {
            Simulation.Run(recording.Start, async clock =>
            {
                var server = new PlayedServer();
                var host = new CoreHost(new CoreClient(server)) { SdkName = "temporal-typescript", SdkVersion = "1.24.0", TimeProvider = clock };
                var core = new CoreWorker(LiveOptions.Of(recording), host);
                await core.ValidateAsync(CancellationToken.None);
                play = new LivePlay(core, server);
                await play.RunAsync(recording);
            });
        }
        catch (StalledException)
        {
            Assert.Fail($"This did not come: {play}");
        }
    }
}
