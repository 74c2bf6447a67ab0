using Temporalio.Server.Simulation.Scheduling;

namespace Temporalio.Server.Simulation.Storage;

/// <summary>What becomes of a commit.</summary>
internal enum CommitFate
{
    Taken,
    LostBefore,
    LostAfter,
    Fenced,
}

/// <summary>Bugs put in on purpose, to see that the rules notice them.</summary>
[Flags]
internal enum Defects
{
    None = 0,

    /// <summary>The disk takes commits of superseded servers.</summary>
    NoFencing = 1,

    /// <summary>Clients repeat calls with a fresh request id.</summary>
    FreshRequestIds = 2,

    /// <summary>The store reports a commit before it has taken effect.</summary>
    EarlyReports = 4,
}

/// <summary>
/// How unkind this run's world is. Each seed switches on a random part of the faults, at random rates: runs with everything on at once
/// hide the bugs that need a long quiet stretch.
/// </summary>
internal sealed class FaultPlan
{
    private readonly SimulationRandom _random;
    private readonly double _commitFailure;
    private readonly double _slowCommit;
    private readonly double _slowRead;
    private readonly double _readFailure;
    private readonly double _dropRequest;
    private readonly double _dropAnswer;
    private readonly TimeSpan _latency;

    public FaultPlan(ulong seed)
    {
        _random = SimulationRandom.Of(seed, "faults");
        CrashPerStep = Rate(0.7, 0.004);
        Zombies = _random.Chance(0.4);
        _commitFailure = Rate(0.5, 0.05);
        _slowCommit = Rate(0.4, 0.1);
        _slowRead = Rate(0.5, 1);
        _readFailure = Rate(0.3, 0.05);
        _dropRequest = Rate(0.5, 0.1);
        _dropAnswer = Rate(0.6, 0.15);
        SlowWorker = Rate(0.4, 0.05);
        LostWorker = Rate(0.4, 0.05);
        FailingWorker = Rate(0.3, 0.1);
        _latency = _random.Chance(0.5) ? TimeSpan.FromMilliseconds(0.2) : TimeSpan.FromMilliseconds(20);
    }

    /// <summary>While true the world is unkind; afterwards everything works, so that all that was begun must end.</summary>
    public bool Active { get; set; } = true;

    public double CrashPerStep { get; }

    /// <summary>Whether a server may be superseded while it still runs.</summary>
    public bool Zombies { get; }

    public double SlowWorker { get; }

    public double LostWorker { get; }

    public double FailingWorker { get; }

    public bool Strikes(double rate) => Active && rate > 0 && _random.Chance(rate);

    public CommitFate CommitFate() => !Strikes(_commitFailure) ? Storage.CommitFate.Taken : _random.Chance(0.5) ? Storage.CommitFate.LostBefore : Storage.CommitFate.LostAfter;

    public TimeSpan CommitDelay() => Strikes(_slowCommit)
        ? _random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1))
        : _random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(0.4));

    public (TimeSpan Delay, bool Fails) Read() => (
        Strikes(_slowRead) ? _random.Between(TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(5)) : TimeSpan.Zero,
        Strikes(_readFailure));

    public bool DropsRequest() => Strikes(_dropRequest);

    public bool DropsAnswer() => Strikes(_dropAnswer);

    public TimeSpan Latency() => _random.Between(TimeSpan.Zero, _latency);

    public TimeSpan Between(TimeSpan least, TimeSpan most) => _random.Between(least, most);

    private double Rate(double share, double most) => _random.Chance(share) ? _random.Fraction() * most : 0;
}
