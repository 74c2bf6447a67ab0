using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>One workflow's outside: starts it, sends its signals, repeats what was not answered.</summary>
internal sealed class Client(Caller caller, Ledger ledger, Defects defects, string workflowId, Script script)
{
    public WorkflowKey Workflow { get; } = new(WorkflowWorker.Namespace, workflowId);

    /// <summary>Operations that have not ended yet.</summary>
    public int Open { get; private set; }

    public List<string> Signalled { get; } = [];

    public void Start()
    {
        Do("start", StartAsync);
        for (var i = 0; i < script.Signals; i++)
        {
            var name = $"{workflowId}-signal{i}";
            Do(name, () => SignalAsync(name));
        }
    }

    private void Do(string what, Func<Task> operation)
    {
        Open++;
        caller.Process.Start(what, async () =>
        {
            await caller.Process.Delay(caller.Process.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            await operation();
            Open--;
        });
    }

    private async Task StartAsync()
    {
        var request = new StartWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace,
            WorkflowId = workflowId,
            WorkflowType = new() { Name = "scripted" },
            TaskQueue = new() { Name = WorkflowWorker.Queue },
            RequestId = $"{workflowId}-start",
            WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
        };
        var repeats = caller.Process.Random.Chance(0.2) ? 2 : 1;
        var first = "";
        while (repeats-- > 0)
        {
            var response = await caller.InsistAsync<StartWorkflowExecutionResponse>(request, anew: () => Anew(() => request.RequestId += "'"));
            ledger.Require(Workflow, response.RunId, "the start", e => e.WorkflowExecutionStartedEventAttributes is not null);
            ledger.Check(first.Length == 0 || first == response.RunId, $"{workflowId}: one start request led to runs {first} and {response.RunId}");
            first = response.RunId;
        }
    }

    private async Task SignalAsync(string name)
    {
        var request = new SignalWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace,
            WorkflowExecution = new() { WorkflowId = workflowId },
            SignalName = "signal",
            Input = ScriptedWorkflow.Text(name),
            RequestId = name,
        };
        while (true)
        {
            try
            {
                await caller.InsistAsync<SignalWorkflowExecutionResponse>(request, anew: () => Anew(() => request.RequestId += "'"));
                Signalled.Add(name);
                ledger.Require(
                    Workflow, null, $"signal {name}", e => e.WorkflowExecutionSignaledEventAttributes is { } s && ScriptedWorkflow.Text(s.Input) == name);
                return;
            }
            catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound && !ledger.Of(Workflow).Any(r => r.History.IsClosed))
            {
                await caller.Process.Delay(TimeSpan.FromMilliseconds(100));
            }
            catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound)
            {
                // Closed: an earlier attempt, whose answer was lost, may have been the last signal that it waited for.
                return;
            }
        }
    }

    private void Anew(Action change)
    {
        if (defects.HasFlag(Defects.FreshRequestIds))
        {
            change();
        }
    }
}
