using System.Text;
using Agents.Durable.Agent.Runs;
using Temporalio.Workflows;
using Mutex = Temporalio.Workflows.Mutex;

namespace Agents.Durable.Agent.Code;

/// <summary>Messages that are shown while they grow.</summary>
public sealed class AgentStream
{
    private readonly CodeRun _run;

    internal AgentStream(CodeRun run) => _run = run;

    /// <summary>Begins a message. Nothing is shown before its first piece.</summary>
    public StreamedMessage Begin() => new(_run, $"s{Workflow.NewGuid():N}"[..13]);
}

/// <summary>A message of the agent's that grows. Pieces are shown in the order in which they are appended, each once, through any crash.</summary>
public sealed class StreamedMessage
{
    private readonly CodeRun _run;
    private readonly string _id;
    private readonly StringBuilder _text = new();
    private readonly Mutex _order = new();
    private int _attempt = 1;
    private bool _closed;

    internal StreamedMessage(CodeRun run, string id) => (_run, _id) = (run, id);

    /// <summary>What was said so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Shows a piece. It goes through the history, so a model's words are better streamed by <see cref="AgentModel"/>.</summary>
    /// <exception cref="InvalidOperationException">The message is closed.</exception>
    /// <exception cref="StoppedException">As in <see cref="AgentMessages.NextAsync"/>.</exception>
    public async Task AppendAsync(string text)
    {
        await _run.BoundaryAsync();
        await SayAsync(text, null);
    }

    /// <summary>Closes the message: it is in <c>/messages</c> as a whole, and in what the model is given.</summary>
    /// <param name="rest">A last piece.</param>
    /// <exception cref="InvalidOperationException">The message is closed already.</exception>
    /// <exception cref="StoppedException">As in <see cref="AgentMessages.NextAsync"/>.</exception>
    public Task CloseAsync(string rest = "") => _run.InOrderAsync("speaking", async () =>
    {
        var head = _run.Run.State.Head;
        await SayAsync(rest, head);
        _run.Run.State = _run.Run.State with { Head = head + 1 };
        return true;
    });

    private async Task SayAsync(string text, int? head)
    {
        await _order.WaitOneAsync();
        try
        {
            if (_closed)
            {
                throw new InvalidOperationException("The message is closed.");
            }

            if (text.Length == 0 && head is null)
            {
                return;
            }

            var request = new SayRequest(_id, _text.Length, text, _attempt, head);
            var facts = await _run.Run.StoreAsync(run => run.SayAsync(request));
            (_attempt, _closed) = (facts.Attempt, head is not null);
            _text.Append(text);
        }
        finally
        {
            _order.ReleaseMutex();
        }
    }
}
