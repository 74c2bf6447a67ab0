using Temporalio.Server.Store;
using Temporalio.Server.Timers;

namespace Temporalio.Server.Execution;

/// <summary>
/// Deletes closed runs, with history and visibility, once their namespace need not keep them: a few at a time, as any other step of their
/// actors, so that a server that was superseded deletes nothing.
/// </summary>
internal sealed class RetentionSweep(Engine engine) : IHousekeeping
{
    private const int AtATime = 50;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);

    public static void Start(Engine engine)
    {
        var sweep = new RetentionSweep(engine);
        sweep.Continue(more: false);
    }

    public void OnDue() => engine.InBackground(SweepAsync());

    private async Task SweepAsync()
    {
        var more = false;
        try
        {
            foreach (var entry in engine.Namespaces.All)
            {
                more |= await SweepAsync(entry) == AtATime;
            }
        }
        finally
        {
            Continue(more);
        }
    }

    private async Task<int> SweepAsync(NamespaceEntry entry)
    {
        var before = engine.Time.GetUtcNow() - engine.RetentionOf(entry);
        var expired = await engine.Store.FindClosedAsync(entry.Name, before, AtATime, CancellationToken.None);
        await Task.WhenAll(expired.Select(run => DeleteAsync(run, before)));
        return expired.Count;
    }

    private Task<bool> DeleteAsync(ClosedRun closed, DateTimeOffset before) => engine.Actors.CallAsync(closed.Workflow, closed.RunId, actor =>
    {
        if (actor.Find(closed.RunId) is { Run: { IsOpen: false, OwesWord: false } run } && run.Info.CloseTime < before)
        {
            actor.Delete(run);
        }

        return true;
    });

    // The shortest retention decides how often it is worth looking.
    private void Continue(bool more)
    {
        var pause = s_longestPause;
        foreach (var entry in engine.Namespaces.All)
        {
            var own = engine.RetentionOf(entry) / 10;
            pause = own < pause ? own : pause;
        }

        engine.Timers.Add(engine.Time.GetUtcNow() + (more || pause < s_shortestPause ? s_shortestPause : pause), this);
    }
}
