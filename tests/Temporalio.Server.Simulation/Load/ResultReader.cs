using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Waits for a workflow's end, run after run, then reads its histories page by page: they must be what the disk has.</summary>
internal sealed class ResultReader(Caller caller, Ledger ledger, WorkflowKey workflow, Func<bool> isSuperseded)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public async Task ReadAsync()
    {
        // Every run is named: a superseded server may not know of the current one yet.
        var runId = "";
        while (true)
        {
            var closing = await LastEventAsync(runId);
            if (closing is null)
            {
                continue;
            }

            runId = ledger.RunClosedBy(workflow, closing);
            ledger.Check(runId.Length > 0, $"{workflow.WorkflowId}: the end {closing} was shown and is not on disk");
            if (runId.Length == 0)
            {
                return;
            }

            while (!await IsSameAsync(runId))
            {
                // A superseded server has stopped in time: what it shows was true once.
                await caller.Process.Delay(TimeSpan.FromMilliseconds(500));
            }

            runId = ledger.SuccessorOf(workflow, runId);
            if (runId.Length == 0)
            {
                return;
            }
        }
    }

    private async Task<HistoryEvent?> LastEventAsync(string runId)
    {
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = workflow.Namespace,
            Execution = new() { WorkflowId = workflow.WorkflowId, RunId = runId },
            WaitNewEvent = true,
            HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
        };
        try
        {
            var response = await caller.CallAsync<GetWorkflowExecutionHistoryResponse>(request, s_patience);
            return response.History is { Events.Count: > 0 } history ? history.Events[^1] : null;
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
        {
            await caller.Process.Delay(TimeSpan.FromMilliseconds(200));
            return null;
        }
    }

    private async Task<bool> IsSameAsync(string runId)
    {
        var superseded = isSuperseded();
        List<HistoryEvent> shown = [];
        var token = ByteString.Empty;
        try
        {
            do
            {
                var page = await caller.InsistAsync<GetWorkflowExecutionHistoryResponse>(new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = workflow.Namespace,
                    Execution = new() { WorkflowId = workflow.WorkflowId, RunId = runId },
                    MaximumPageSize = 1 + caller.Process.Random.Below(20),
                    NextPageToken = token,
                });
                shown.AddRange(page.History?.Events ?? []);
                token = page.NextPageToken;
            }
            while (!token.IsEmpty);
        }
        catch (RpcFault fault) when (fault.Code == RpcStatusCode.NotFound && (superseded || isSuperseded()))
        {
            return false;
        }

        var same = ledger.Find(workflow, runId)!.Events.SequenceEqual(shown);
        ledger.Check(same || superseded || isSuperseded(), $"{workflow.WorkflowId}/{runId}: the history that was read is not the one on disk");
        return same;
    }
}
