using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Store.Postgres;

namespace Temporalio.Server.Tests.Store;

/// <summary>Random sequences of groups leave both stores with the same contents.</summary>
public sealed class StoreEquivalenceTests(TestPostgres postgres)
{
    private static readonly WorkflowKey[] s_workflows = [new("default", "a"), new("default", "b"), new("other", "a")];
    private static readonly string[] s_runs = ["1", "2", "3"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BothStores_AfterAnyGroups_HoldTheSame()
    {
        var options = await postgres.NewStoreAsync();
        await using var store = await PostgresExecutionStore.OpenAsync(options, cancellationToken: Token);
        var round = 0;
        var property = Prop.ForAll<byte[]>(choices =>
        {
            // Rounds share the database: each has namespaces of its own.
            var suffix = $"-{round++}";
            return CompareAsync(new Choices(choices), store, new InMemoryExecutionStore(), suffix);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(150), property);
    }

    private static async Task CompareAsync(Choices choices, IExecutionStore one, IExecutionStore other, string suffix)
    {
        var workflows = Array.ConvertAll(s_workflows, w => w with { Namespace = w.Namespace + suffix });
        var nextEvent = new Dictionary<(WorkflowKey, string), long>();
        while (choices.Left)
        {
            var group = new List<RunChange>();
            for (var left = 1 + choices.Next(4); left > 0; left--)
            {
                var (workflow, run) = (workflows[choices.Next(workflows.Length)], s_runs[choices.Next(s_runs.Length)]);
                if (!group.Exists(c => c.Workflow == workflow && c.RunId == run))
                {
                    group.Add(await NextChangeAsync(choices, other, workflow, run, nextEvent));
                }
            }

            var expected = await OutcomeAsync(other, group);
            Assert.Equal(expected, await OutcomeAsync(one, group));
            Assert.Equal(await ContentsAsync(other, workflows, choices), await ContentsAsync(one, workflows, choices));
        }
    }

    private static async Task<RunChange> NextChangeAsync(
        Choices choices, IExecutionStore store, WorkflowKey workflow, string run, Dictionary<(WorkflowKey, string), long> nextEvent)
    {
        var stored = await store.LoadRunAsync(workflow, run, Token);
        var version = (stored?.Version ?? 0) + (choices.Next(12) == 0 ? 1 : 0);
        if (stored is not null && choices.Next(6) == 0)
        {
            return new RunChange { Workflow = workflow, RunId = run, ExpectedVersion = version, State = null, Open = false };
        }

        var first = stored is null ? 1 : nextEvent.GetValueOrDefault((workflow, run), 1);
        var batches = new List<HistoryBatch>();
        for (var left = choices.Next(4); left > 0; left--)
        {
            var next = first + 1 + choices.Next(3);
            batches.Add(new HistoryBatch(first, next, Encoding.UTF8.GetBytes($"{first}-{next}")));
            first = next;
        }

        nextEvent[(workflow, run)] = first;
        return new RunChange
        {
            Workflow = workflow, RunId = run, ExpectedVersion = version, State = new[] { (byte)choices.Next(250) }, Batches = batches,
            Open = stored?.Open != false && choices.Next(4) != 0, Current = choices.Next(2) == 0, Pending = choices.Next(2) == 0,
            WakeAt = choices.Next(3) == 0 ? DateTimeOffset.UnixEpoch.AddMilliseconds(choices.Next(200)) : null,
        };
    }

    private static async Task<string> OutcomeAsync(IExecutionStore store, List<RunChange> group)
    {
        try
        {
            return (await store.CommitAsync(group, Token)).ToString();
        }
        catch (InvalidOperationException)
        {
            return "conflict";
        }
    }

    private static async Task<string> ContentsAsync(IExecutionStore store, WorkflowKey[] workflows, Choices choices)
    {
        var text = new StringBuilder();
        var (from, to, max) = (1 + choices.Peek(0) % 6, 4 + choices.Peek(1) % 20, 1 + choices.Peek(2) % 6);
        foreach (var workflow in workflows)
        {
            foreach (var run in s_runs.Append(""))
            {
                var stored = await store.LoadRunAsync(workflow, run, Token);
                text.AppendLine(stored is null ? $"{workflow} {run} -"
                    : $"{workflow} {run} {stored.RunId} {stored.Version} {stored.Open} {stored.Current} {Convert.ToHexString(stored.State.Span)}");
                foreach (var (first, last, limit) in run.Length == 0 ? [] : ((long, long, int)[])[(1, long.MaxValue, 1000), (from, to, max)])
                {
                    var batches = await store.ReadHistoryAsync(workflow, run, first, last, limit, Token);
                    text.AppendLine(string.Join(' ', batches.Select(b => $"{b.FirstEventId}:{b.NextEventId}:{Encoding.UTF8.GetString(b.Data.Span)}")));
                }
            }
        }

        var open = new List<string>();
        await foreach (var run in store.ScanOpenAsync(Token))
        {
            if (workflows.Contains(run.Workflow))
            {
                open.Add($"{run.Workflow} {run.RunId} {run.WakeAt?.UtcTicks} {run.Pending}");
            }
        }

        return text.AppendJoin('\n', open.Order(StringComparer.Ordinal)).ToString();
    }

    /// <summary>Decisions read off a shrinkable list of bytes.</summary>
    private sealed class Choices(byte[] bytes)
    {
        private int _at;

        public bool Left => _at < bytes.Length;

        public int Next(int limit) => _at < bytes.Length ? bytes[_at++] % limit : 0;

        public int Peek(int offset) => _at + offset < bytes.Length ? bytes[_at + offset] : 0;
    }
}
