namespace Agents.Durable.Agent.Steps;

/// <summary>All steps that runs are made of.</summary>
internal sealed record RunSteps
{
    public required MailStep Mail { get; init; }
    public required ModelStep Model { get; init; }
    public required ToolStep Tool { get; init; }
    public required AskStep Ask { get; init; }
    public required SkipStep Skip { get; init; }
    public required NoticeStep Notice { get; init; }
    public required SettleStep Settle { get; init; }
    public required PostStep Post { get; init; }
    public required SayStep Say { get; init; }
    public required ListStep List { get; init; }
    public required StateStep State { get; init; }
    public required SpanStep Span { get; init; }
}
