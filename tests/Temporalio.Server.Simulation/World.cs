using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Load;
using Temporalio.Server.Simulation.Network;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Simulation;

/// <summary>One seed's execution: servers that die and are superseded, workers, clients, and the rules that hold all the while.</summary>
internal sealed class World
{
    private const int MaxSteps = 400_000;
    private static readonly TimeSpan s_unkind = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    private readonly Simulator _simulator;
    private readonly FaultPlan _faults;
    private readonly SimulatedDisk _disk;
    private readonly SimulatedProcess _wire;
    private readonly SimulatedNetwork _network;
    private readonly Ledger _ledger;
    private readonly ScriptBook _scripts;
    private readonly List<Client> _clients = [];
    private readonly List<ScheduleClient> _schedules = [];
    private readonly HashSet<string> _attempts = [];
    private readonly List<SimulatedServer> _zombies = [];
    private readonly bool _insideWorkers;
    private readonly bool _outsideWorkers;
    private readonly SimulationRandom _sweeps;
    private readonly bool _isForgetful;
    private TimeSpan _nextSweep;
    private SimulatedServer? _server;
    private bool _wasSuperseded;
    private int _lives;

    private World(ulong seed, Defects defects, bool detailed)
    {
        _simulator = new Simulator(seed, detailed);
        _faults = new FaultPlan(seed);
        _wire = _simulator.NewProcess("wire");
        _disk = new SimulatedDisk(_simulator, new InMemoryExecutionStore(), defects);
        _ledger = new Ledger(_simulator, _disk);
        _network = new SimulatedNetwork(_simulator, _wire, _faults) { Route = Route };
        var random = SimulationRandom.Of(seed, "load");
        _insideWorkers = random.Chance(0.5);
        _outsideWorkers = !_insideWorkers || random.Chance(0.5);
        _sweeps = SimulationRandom.Of(seed, "sweeps");
        _isForgetful = _sweeps.Chance(0.4);
        _scripts = ScriptWriter.Write(random);
        foreach (var script in _scripts.All.Where(s => s.HasClient))
        {
            var caller = new Caller(_network, _simulator.NewProcess($"client of {script.WorkflowId}"), null);
            _clients.Add(new Client(caller, _ledger, defects, script, () => _zombies.Exists(z => z.Process.IsAlive)));
        }

        foreach (var script in _scripts.Schedules)
        {
            var schedule = new ScheduleClient(new Caller(_network, _simulator.NewProcess($"client of {script.ScheduleId}"), null), _ledger, script);
            _schedules.Add(schedule);
            _ledger.Rules.Add(new ScheduleRules(_ledger, schedule).Check);
        }
    }

    private int Crashes { get; set; }

    /// <summary>Runs the seed to its end.</summary>
    public static RunReport Run(ulong seed, Defects defects, bool detailed = false)
    {
        var world = new World(seed, defects, detailed);
        world.Live();
        return new RunReport(
            seed, world._simulator.Failure, world._simulator.Steps, world._disk.Commits, world.Crashes, world._network.LostAnswers, world._ledger.Events,
            world._simulator.Trace.Value, [.. world._simulator.Recent]);
    }

    private void Live()
    {
        StartServer();
        _clients.ForEach(c => c.Start());
        _schedules.ForEach(s => s.Start());
        if (_outsideWorkers)
        {
            StartWorkers(new Caller(_network, _simulator.NewProcess("worker"), null), "outside");
        }

        while (_simulator.Failure is null && !(IsDone() && !_faults.Active))
        {
            if (!_simulator.Step())
            {
                _simulator.Fail("Nothing is left to run, and not everything has ended.");
                return;
            }

            if (_server is { HasFailed: true })
            {
                Restart();
            }

            if (_faults.Active)
            {
                Strike();
            }

            if (_isForgetful && _simulator.Elapsed >= _nextSweep && _server is { IsReady: true } server)
            {
                _nextSweep = _simulator.Elapsed + _sweeps.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(500));
                // What can leave memory leaves it, however near its next deadline.
                server.Process.Start("sweep", () =>
                {
                    server.Server.Engine.Actors.Sweep(DateTimeOffset.MinValue);
                    return Task.CompletedTask;
                });
            }

            if (_simulator.Steps > MaxSteps || _simulator.Elapsed > s_patience)
            {
                _simulator.Fail($"Not over after {_simulator.Steps} steps and {_simulator.Elapsed}: {Unfinished()}");
            }
        }

        if (_simulator.Failure is null)
        {
            FinalRules.Check(_ledger, _scripts, _clients);
            _schedules.ForEach(s => new ScheduleRules(_ledger, s).CheckEnd());
        }
    }

    // A crash may come between any two steps.
    private void Strike()
    {
        if (_simulator.Elapsed > s_unkind || IsDone())
        {
            _faults.Active = false;
            _zombies.ForEach(z => z.Crash());
            _simulator.Note("the world is kind from now on");
            return;
        }

        if (_server is { IsReady: true } && _faults.Strikes(_faults.CrashPerStep))
        {
            Crashes++;
            if (_faults.Zombies && _faults.Strikes(0.4))
            {
                _simulator.Note($"{_server.Process.Name} is superseded and does not know it");
                _zombies.Add(_server);
                _wasSuperseded = true;
                StartServer();
            }
            else
            {
                Restart();
            }
        }
    }

    private void Restart()
    {
        _server?.Crash();
        _server = null;
        _ = _wire.Time.CreateTimer(_ => StartServer(), null, _faults.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), Timeout.InfiniteTimeSpan);
    }

    private void StartServer()
    {
        _server = new SimulatedServer(_simulator, _wire, _disk, _faults, ++_lives);
        _simulator.Note($"{_server.Process.Name} starts");
        _server.Start();
        if (_insideWorkers)
        {
            StartWorkers(new Caller(_network, _server.Process, _server), $"inside{_lives}");
        }
    }

    private void StartWorkers(Caller caller, string identity)
    {
        new WorkflowWorker(caller, _faults, _ledger, _scripts, identity, SimulationRandom.Of(_simulator.Seed, $"habits of {identity}"), () => _wasSuperseded, () => _disk.Uncertain).Start(2);
        new ActivityWorker(_simulator, caller, _faults, _ledger, _attempts, identity).Start(3);
    }

    // While a superseded server lives, a part of the calls still reaches it.
    private SimulatedServer? Route()
    {
        foreach (var zombie in _zombies.Where(z => z.Server.Engine.Stopped is not null && z.Process.IsAlive))
        {
            // It has noticed that it is superseded, and a host without a server leaves.
            zombie.Crash();
        }

        _zombies.RemoveAll(z => !z.Process.IsAlive);
        return _zombies.Count > 0 && _faults.Strikes(0.3) ? _zombies[^1] : _server;
    }

    private bool IsDone() => _clients.TrueForAll(c => c.Open == 0) && _schedules.TrueForAll(s => s.IsDone) && _ledger.Runs.All(r => r.History.IsClosed);

    private string Unfinished() =>
        string.Join(", ", _ledger.Runs.Where(r => !r.History.IsClosed).Select(r => $"{r.Workflow.WorkflowId} at event {r.History.Next - 1}")) +
        $"; {_clients.Sum(c => c.Open)} calls of clients; {_schedules.Count(s => !s.IsDone)} schedules";
}

/// <summary>What one seed did.</summary>
internal sealed record RunReport(
    ulong Seed, string? Failure, int Steps, int Commits, int Crashes, int LostAnswers, int Events, ulong Trace, IReadOnlyList<string> Recent);
