using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;

namespace Temporalio.Server.Simulation.Network;

/// <summary>One life of the server: the real engine on a session with the disk, in a process that can be killed.</summary>
internal sealed class SimulatedServer
{
    private readonly List<SimulatedCall> _calls = [];
    private readonly Simulator _simulator;

    public SimulatedServer(Simulator simulator, SimulatedProcess wire, SimulatedDisk disk, FaultPlan faults, int life)
    {
        _simulator = simulator;
        Process = simulator.NewProcess($"server{life}");
        Store = new SimulatedStore(simulator, disk, wire, Process, faults);
        Server = new TemporalServer(new TemporalServerOptions(), Store, Process.Time, Process, Process, new ServerLog(simulator, Process));
    }

    public SimulatedProcess Process { get; }

    public SimulatedStore Store { get; }

    public TemporalServer Server { get; }

    public bool IsReady { get; private set; }

    /// <summary>Whether it gave up before it was ready: the store could not be read, and whoever started it starts another.</summary>
    public bool HasFailed { get; private set; }

    public void Start() => Process.Start("start", async () =>
    {
        try
        {
            await Server.StartAsync(CancellationToken.None);
            IsReady = true;
        }
        catch (StoreFailure)
        {
            HasFailed = true;
        }
    });

    public void Enter(SimulatedCall call) => _calls.Add(call);

    public void Leave(SimulatedCall call) => _calls.Remove(call);

    /// <summary>Everything in memory is gone; who waits for an answer learns that the connection broke, and nothing else.</summary>
    public void Crash()
    {
        if (!Process.IsAlive)
        {
            return;
        }

        _simulator.Note($"{Process.Name} dies with {_calls.Count} calls open");
        Process.Kill();
        IsReady = false;
        foreach (var call in _calls)
        {
            call.Break();
        }

        _calls.Clear();
    }
}
