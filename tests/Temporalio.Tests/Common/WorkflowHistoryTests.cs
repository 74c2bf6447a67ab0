using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace Temporalio.Tests.Common;

public class WorkflowHistoryTests
{
    [Fact]
    public void FromJson_EnumsOfTheCommandLineTool_AreUnderstood()
    {
        var history = WorkflowHistory.FromJson("w", """
            { "events": [ { "eventId": "1", "eventTime": "2026-11-05T01:02:03Z", "eventType": "WorkflowExecutionStarted", "futureField": 1,
              "workflowExecutionStartedEventAttributes": {
                "taskQueue": { "name": "q", "kind": "Normal" }, "parentInitiatedEventId": "0",
                "input": { "payloads": [ { "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "MQ==" } ] } } } ] }
            """);

        var started = Assert.Single(history.Events);
        Assert.Equal(EventType.WorkflowExecutionStarted, started.EventType);
        Assert.Equal(TaskQueueKind.Normal, started.WorkflowExecutionStartedEventAttributes.TaskQueue.Kind);
    }

    [Fact]
    public void ToJson_History_ComesBack()
    {
        var history = new WorkflowHistory("w", [new HistoryEvent { EventId = 3, EventType = EventType.TimerFired, TimerFiredEventAttributes = new() { TimerId = "1" } }]);

        Assert.Equal(history.Events, WorkflowHistory.FromJson("w", history.ToJson()).Events);
    }
}
