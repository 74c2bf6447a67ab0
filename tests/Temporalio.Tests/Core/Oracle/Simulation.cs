namespace Temporalio.Tests.Core.Oracle;

/// <summary>
/// Runs code to its end on this thread alone, with a clock that stands still while there is anything to do and then jumps to the next
/// timer. Code that leaves the thread, or waits for what can never come, is found out.
/// </summary>
internal sealed class Simulation : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

    private Simulation(DateTimeOffset start) => Clock = new(start);

    private SimulatedClock Clock { get; }

    /// <exception cref="StalledException">Nothing is left to do and no timer runs, yet the code has not ended.</exception>
    public static void Run(DateTimeOffset start, Func<TimeProvider, Task> code)
    {
        var before = Current;
        var simulation = new Simulation(start);
        SetSynchronizationContext(simulation);
        try
        {
            var task = code(simulation.Clock);
            while (!task.IsCompleted)
            {
                simulation.Step();
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_work)
        {
            _work.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private void Step()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_work)
        {
            if (!_work.TryDequeue(out next))
            {
                if (!Clock.TryJump())
                {
                    throw new StalledException();
                }

                return;
            }
        }

        next.Callback(next.State);
    }
}

internal sealed class StalledException() : Exception("What is waited for cannot come any more");
