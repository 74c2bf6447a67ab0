namespace Agents.Durable.Agent.React;

/// <summary>What a run does next.</summary>
public abstract record ReactStep
{
    private protected ReactStep()
    {
    }

    /// <summary>Nothing, until a signal comes.</summary>
    public sealed record Wait : ReactStep;

    /// <summary>Read the mailbox, store what people said.</summary>
    public sealed record TakeMail : ReactStep;

    public sealed record CallModel : ReactStep;

    /// <summary>Make the calls that the model asked for, all at once.</summary>
    public sealed record CallTools : ReactStep;

    /// <summary>Answer the calls that were not made, so that the conversation stays one that models accept.</summary>
    public sealed record SkipTools(string Reason) : ReactStep;

    /// <summary>Look up which calls the model asked for last.</summary>
    public sealed record Recall : ReactStep;

    /// <summary>The turn is over without the model's word: say why.</summary>
    public sealed record EndTurn(string Notice) : ReactStep;

    /// <summary>Stop until somebody writes again; the task is INTERRUPTED.</summary>
    public sealed record Pause : ReactStep;

    /// <summary>Go on in a new history.</summary>
    public sealed record ContinueAsNew : ReactStep;

    public sealed record Complete(string Reason) : ReactStep;

    public sealed record Fail(string Reason) : ReactStep;

    public sealed record TimeOut(string Reason) : ReactStep;

    public sealed record Cancel : ReactStep;
}
