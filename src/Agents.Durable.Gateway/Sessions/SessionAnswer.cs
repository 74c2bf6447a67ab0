using System.Text.Json;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>What a workflow answered to a query.</summary>
public abstract record SessionAnswer
{
    private SessionAnswer()
    {
    }

    public sealed record Result(JsonElement? Value) : SessionAnswer;

    /// <summary>The workflow does not know the query, or failed to answer.</summary>
    public sealed record Refused(string Reason) : SessionAnswer;

    /// <summary>There is no workflow of this id.</summary>
    public sealed record NoWorkflow : SessionAnswer;
}
