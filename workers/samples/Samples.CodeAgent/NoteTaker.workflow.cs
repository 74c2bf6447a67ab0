using Agents.Durable.Agent.Code;
using Agents.Durable.Agent.Runs;
using Temporalio.Workflows;

namespace Samples.CodeAgent;

/// <summary>
/// Writes each message into a file of its own, has the model sum it up, and counts. Kill this program or the host whenever you like: each note is written, counted
/// and summed up once.
/// </summary>
[Workflow("note-taker")]
public sealed class NoteTaker : Agents.Durable.Agent.Code.CodeAgent
{
    [WorkflowRun]
    public Task RunAsync(RunState? carried = null) => LiveAsync(carried, async () =>
    {
        while (true)
        {
            var said = await Messages.NextAsync();
            var notes = await State.GetAsync<Notes>() ?? new Notes(0);
            if (said.Text == "done")
            {
                await Messages.SendAsync($"Notes written: {notes.Count}. Goodbye.");
                return;
            }

            await TakeAsync(notes.Count + 1, said.Text);
        }
    });

    private async Task TakeAsync(int number, string text)
    {
        var span = await Spans.StartAsync("note", new { number });
        var announcement = Stream.Begin();
        await announcement.AppendAsync($"Note {number}: ");
        var written = await Tools.CallAsync("write_file", new { path = $"note-{number}.md", content = text });
        await announcement.CloseAsync(written.IsError ? "could not be written." : "written.");
        var summary = await Model.CallAsync(new ModelOptions { Tools = [] });
        await State.PutAsync(new Notes(number));
        await span.EndAsync(new { summary = summary.Text });
    }

    /// <summary>What the agent keeps of a task; seen at <c>/states</c>.</summary>
    private sealed record Notes(int Count);
}
