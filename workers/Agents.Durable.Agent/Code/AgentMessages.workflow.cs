using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;

namespace Agents.Durable.Agent.Code;

/// <summary>What people say to the agent, and what the agent says in whole messages.</summary>
public sealed class AgentMessages
{
    private const int MostListed = 1_000;
    private readonly CodeRun _run;

    internal AgentMessages(CodeRun run) => _run = run;

    /// <summary>
    /// The next message that nobody has taken, in the order in which they came; waits for one. It is stored, shown, and in what the model is given, already.
    /// While it waits, the turn is over. Here the task may go on in a new history: nothing else should be under way in the agent then.
    /// </summary>
    /// <exception cref="StoppedException">A person interrupted or canceled the task, or its time is over.</exception>
    public Task<ReceivedMessage> NextAsync() => _run.NextAsync();

    /// <summary>Says something in the agent's name. The model is given it too, as something that the agent said.</summary>
    /// <param name="text">In Markdown.</param>
    /// <exception cref="StoppedException">As in <see cref="NextAsync"/>.</exception>
    public Task SendAsync(string text) => SendAsync(head => new NoticeRequest(head, text));

    /// <summary>Shows a message of any kind in the agent's name. The model is given its text, or its JSON.</summary>
    /// <inheritdoc cref="SendAsync(string)" path="/exception"/>
    public Task SendAsync(MessageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var text = content switch
        {
            TextContent words => words.Content,
            DataContent data => data.Data.GetRawText(),
            _ => Wire.ToJson(content),
        };
        return SendAsync(head => new NoticeRequest(head, text, content));
    }

    /// <summary>The last messages of the task, oldest first. They land in the history, so ask for as many as the agent needs.</summary>
    /// <param name="count">Most of them, up to 1000.</param>
    /// <param name="author">Whose; null for everybody's.</param>
    public Task<IReadOnlyList<MessageContent>> ListAsync(int count = 20, MessageAuthor? author = null)
    {
        var request = new ListRequest(Math.Clamp(count, 1, MostListed), author is { } who ? EnumNames.Of(who) : null);
        return _run.Run.StoreAsync(run => run.ListAsync(request));
    }

    private Task SendAsync(Func<int, NoticeRequest> request) => _run.InOrderAsync("speaking", async () =>
    {
        await _run.Run.NoticeAsync(request(_run.Run.State.Head));
        return true;
    });
}

/// <summary>A message of a person's.</summary>
/// <param name="Position">In the task's mailbox, from 1; 0 when an earlier run of the task had taken it and not answered.</param>
/// <param name="Text">What it says; the JSON of one that is no text. Of what is longer than 200,000 characters the beginning: the model is given the whole.</param>
public sealed record ReceivedMessage(long Position, string Text);
