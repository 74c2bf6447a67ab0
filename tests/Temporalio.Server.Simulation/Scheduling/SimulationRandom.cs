namespace Temporalio.Server.Simulation.Scheduling;

/// <summary>SplitMix64: the same numbers for a seed on every runtime, which <see cref="Random"/> does not promise.</summary>
internal sealed class SimulationRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Bits()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>A number in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => (int)(Bits() % (ulong)bound);

    /// <summary>A number in [0, 1).</summary>
    public double Fraction() => (Bits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Fraction() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + TimeSpan.FromTicks((long)(Fraction() * (most - least).Ticks));

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>A source of its own that follows from this one's seed and the name, not from what was drawn meanwhile.</summary>
    public static SimulationRandom Of(ulong seed, string name)
    {
        var hash = seed ^ 0xCBF29CE484222325;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return new SimulationRandom(Mix(hash));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
