namespace Agents.Durable.Agent.Runs;

/// <summary>What mail does to a run's state: a pure function.</summary>
internal static class MailTaken
{
    public static RunState Apply(RunState state, MailFacts facts, DateTime now)
    {
        var begins = facts.Open && !state.Open;
        var milliseconds = (long)(now - DateTime.UnixEpoch).TotalMilliseconds;
        return state with
        {
            Cursor = facts.Cursor,
            Newest = facts.More ? Math.Max(state.Newest, facts.Cursor + 1)
                // A wake-up for mail that is not there must not make the run look again and again.
                : facts.Cursor == state.Cursor ? facts.Cursor
                : Math.Max(state.Newest, facts.Cursor),
            Head = facts.Head,
            Open = state.Open || facts.Open,
            Iterations = begins ? 0 : state.Iterations,
            Interrupt = state.Interrupt || facts.Interrupt,
            Began = state.Began == 0 ? milliseconds : state.Began,
            TurnBegan = begins ? milliseconds : state.TurnBegan,
            // A turn keeps the definition it began with.
            Definition = begins || state.Definition == 0 ? facts.Definition : state.Definition,
            Limits = begins || state.Definition == 0 ? facts.Limits : state.Limits,
            Calls = facts.Earlier?.Calls ?? state.Calls,
            Asked = facts.Earlier?.Skipped ?? state.Asked,
            InputTokens = facts.Earlier?.InputTokens ?? state.InputTokens,
            OutputTokens = facts.Earlier?.OutputTokens ?? state.OutputTokens,
            CostMicros = facts.Earlier?.CostMicros ?? state.CostMicros,
        };
    }
}
