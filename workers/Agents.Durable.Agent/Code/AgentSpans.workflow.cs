using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Code;

/// <summary>The task's trace, as <c>/spans</c> shows it; the trace's id is the task's.</summary>
public sealed class AgentSpans
{
    private readonly CodeRun _run;

    internal AgentSpans(CodeRun run) => _run = run;

    /// <summary>Starts a span.</summary>
    /// <param name="name">What is done in it.</param>
    /// <param name="input">What it is done with; becomes a JSON object.</param>
    /// <param name="parent">The span that it is a part of.</param>
    public async Task<OpenSpan> StartAsync(string name, object? input = null, OpenSpan? parent = null)
    {
        var request = new SpanRequest { Id = Workflow.NewGuid().ToString(), Name = name, Start = Workflow.UtcNow, Parent = parent?.Request.Id, Input = Json(input) };
        await _run.Run.StoreAsync(run => run.SpanAsync(request));
        return new OpenSpan(_run, request with { Input = null });
    }

    internal static JsonElement? Json(object? value) => value is null ? null : JsonSerializer.SerializeToElement(value);
}

/// <summary>A span that has not ended.</summary>
public sealed class OpenSpan
{
    private readonly CodeRun _run;

    internal OpenSpan(CodeRun run, SpanRequest request) => (_run, Request) = (run, request);

    internal SpanRequest Request { get; }

    /// <summary>Ends it.</summary>
    /// <param name="output">What came of it; becomes a JSON object.</param>
    public Task EndAsync(object? output = null)
    {
        var request = Request with { End = Workflow.UtcNow, Output = AgentSpans.Json(output) };
        return _run.Run.StoreAsync(run => run.SpanAsync(request));
    }
}
