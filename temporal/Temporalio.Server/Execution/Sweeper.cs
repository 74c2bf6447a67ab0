using Temporalio.Server.Timers;

namespace Temporalio.Server.Execution;

/// <summary>Lets actors leave memory that wait for nothing near.</summary>
internal sealed class Sweeper(Engine engine) : IHousekeeping
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_near = TimeSpan.FromSeconds(30);

    public static void Start(Engine engine) => engine.Timers.Add(engine.Time.GetUtcNow() + s_period, new Sweeper(engine));

    public void OnDue()
    {
        var now = engine.Time.GetUtcNow();
        engine.Actors.Sweep(now + s_near);
        engine.Timers.Add(now + s_period, this);
    }
}
