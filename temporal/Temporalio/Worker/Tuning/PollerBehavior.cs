namespace Temporalio.Worker.Tuning;

/// <summary>How many polls of one kind are open at once.</summary>
public abstract class PollerBehavior
{
    private PollerBehavior()
    {
    }

    /// <summary>As many as allowed, while slots are free.</summary>
    public sealed class SimpleMaximum : PollerBehavior
    {
        /// <param name="maximum">Most polls at once.</param>
        public SimpleMaximum(int maximum)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
            Maximum = maximum;
        }

        /// <summary>Most polls at once.</summary>
        public int Maximum { get; }
    }

    /// <summary>More or fewer as the server suggests.</summary>
    public sealed class Autoscaling : PollerBehavior
    {
        /// <param name="minimum">Fewest polls.</param>
        /// <param name="maximum">Most polls.</param>
        /// <param name="initial">Polls at the start.</param>
        public Autoscaling(int minimum = 1, int maximum = 100, int initial = 5)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(minimum, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(maximum, minimum);
            ArgumentOutOfRangeException.ThrowIfLessThan(initial, minimum);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(initial, maximum);
            Minimum = minimum;
            Maximum = maximum;
            Initial = initial;
        }

        /// <summary>Fewest polls.</summary>
        public int Minimum { get; }

        /// <summary>Most polls.</summary>
        public int Maximum { get; }

        /// <summary>Polls at the start.</summary>
        public int Initial { get; }
    }
}
