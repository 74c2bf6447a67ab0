namespace Temporalio.Server.Simulation.Scheduling;

/// <summary>
/// What dies together: continuations, scheduled work and timers of one process. Its code runs under it as the synchronisation context, so
/// every await comes back through the simulator. A killed process's work is never run, as after a power cut.
/// </summary>
internal sealed class SimulatedProcess : SynchronizationContext, IEngineScheduler, IIdSource
{
    private readonly Simulator _simulator;
    private readonly SimulationRandom _random;

    public SimulatedProcess(Simulator simulator, string name)
    {
        _simulator = simulator;
        Name = name;
        Time = new SimulatedTime(simulator, this);
        _random = SimulationRandom.Of(simulator.Seed, name);
    }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public TimeProvider Time { get; }

    /// <summary>The process's own chance: what it draws does not depend on what others do.</summary>
    public SimulationRandom Random => _random;

    public void Kill() => IsAlive = false;

    public override void Post(SendOrPostCallback d, object? state) => _simulator.Add(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the function under this process; whatever it throws breaks the run.</summary>
    public void Start(string what, Func<Task> function) => Post(_ => _ = RunAsync(what, function), null);

    public Task Delay(TimeSpan time) => Task.Delay(time, Time);

    void IEngineScheduler.Schedule(IThreadPoolWorkItem item) => Post(static i => ((IThreadPoolWorkItem)i!).Execute(), item);

    string IIdSource.NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, _random.Bits());
        BitConverter.TryWriteBytes(bytes[8..], _random.Bits());
        return new Guid(bytes).ToString();
    }

    double IIdSource.NextFraction() => _random.Fraction();

    private async Task RunAsync(string what, Func<Task> function)
    {
        try
        {
            await function();
        }
        catch (Exception e)
        {
            _simulator.Fail($"{Name}, {what}: {e}");
        }
    }
}
