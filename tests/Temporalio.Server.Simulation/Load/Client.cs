using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>One workflow's outside: starts it, sends what its script says, repeats what was not answered, waits for its end.</summary>
internal sealed class Client(Caller caller, Ledger ledger, Defects defects, Script script, Func<bool> isSuperseded)
{
    private readonly Operator _operator = new(caller, ledger, isSuperseded);
    private int _resets;

    /// <summary>Operations that have not ended yet.</summary>
    public int Open { get; private set; }

    public WorkflowKey Workflow { get; } = new(WorkflowWorker.Namespace, script.WorkflowId);

    /// <summary>Signals that were acknowledged.</summary>
    public List<string> Signalled { get; } = [];

    /// <summary>Updates whose success was acknowledged.</summary>
    public List<string> Updated { get; } = [];

    public void Start()
    {
        Do("start", TimeSpan.Zero, script.UpdatesWithStart ? UpdateWithStartAsync : StartAsync);
        for (var i = 0; i < script.Signals; i++)
        {
            var name = $"{script.WorkflowId}-signal{i}";
            Do(name, TimeSpan.FromSeconds(3), i == 0 && script.SignalsWithStart ? () => SignalWithStartAsync(name) : () => SignalAsync(name));
        }

        for (var i = 0; i < script.Updates; i++)
        {
            var id = $"{script.WorkflowId}-update{i}";
            Do(id, TimeSpan.FromSeconds(5), () => UpdateAsync(id));
        }

        for (var i = 0; i < script.Queries; i++)
        {
            Do("query", TimeSpan.FromSeconds(8), QueryAsync);
        }

        if (script.IsCancelled)
        {
            Do("cancel", TimeSpan.FromSeconds(10), CancelAsync);
        }

        for (var i = 0; i < script.Pauses; i++)
        {
            Do("pause", TimeSpan.FromSeconds(10), PauseAsync);
        }

        for (var i = 0; i < script.Resets; i++)
        {
            _resets++;
            Do("reset", TimeSpan.FromSeconds(12), async () =>
            {
                await _operator.ResetAsync(Workflow);
                _resets--;
            });
        }

        if (script.Resets > 0)
        {
            Do("signal again", TimeSpan.FromSeconds(1), SignalAgainAsync);
        }

        if (script.CronRuns > 0)
        {
            Do("end of cron", TimeSpan.FromSeconds(1), EndCronAsync);
        }

        if (script.IsTerminated)
        {
            Do("terminate", TimeSpan.FromSeconds(10), TerminateAsync);
        }

        Do("result", TimeSpan.FromSeconds(3), caller.Process.Random.Chance(0.3) ? ReadResultAsync : ReadResultLaterAsync);
    }

    private void Do(string what, TimeSpan within, Func<Task> operation)
    {
        Open++;
        caller.Process.Start(what, async () =>
        {
            await caller.Process.Delay(caller.Process.Random.Between(TimeSpan.Zero, within));
            await operation();
            Open--;
        });
    }

    private async Task StartAsync()
    {
        var request = StartRequest();
        await caller.Process.Delay(caller.Process.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        var repeats = caller.Process.Random.Chance(0.2) ? 2 : 1;
        var first = "";
        while (repeats-- > 0)
        {
            try
            {
                var response = await caller.InsistAsync<StartWorkflowExecutionResponse>(request, anew: () => Anew(() => request.RequestId += "'"));
                ledger.Require(Workflow, response.RunId, "the start", e => e.WorkflowExecutionStartedEventAttributes is not null);
                ledger.Check(response.Started || script.SignalsWithStart || HasSuccessors, $"{script.WorkflowId}: a repeated start was not recognised");
                ledger.Check(first.Length == 0 || first == response.RunId || HasSuccessors, $"{script.WorkflowId}: one start request led to runs {first} and {response.RunId}");
                first = response.RunId;
            }
            catch (RpcFault fault) when (fault.Code == RpcStatusCode.AlreadyExists && (script.SignalsWithStart || HasSuccessors))
            {
                return;
            }
        }
    }

    private StartWorkflowExecutionRequest StartRequest() => new()
    {
        Namespace = Workflow.Namespace,
        WorkflowId = script.WorkflowId,
        WorkflowType = new() { Name = "scripted" },
        TaskQueue = new() { Name = ScriptedWorkflow.WorkflowQueue },
        RequestId = $"{script.WorkflowId}-start",
        WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
        RetryPolicy = script.FailsFirst ? new() { InitialInterval = new() { Seconds = 1 }, BackoffCoefficient = 1, MaximumAttempts = 3 } : null,
        CronSchedule = script.CronRuns > 0 ? $"@every {ScriptedWorkflow.CronSeconds}s" : "",
        WorkflowRunTimeout = script.RunTimeout is { } timeout ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(timeout) : null,
    };

    // Both or neither: whoever is told of the update's end finds the workflow, and of a refusal no trace of the update.
    private async Task UpdateWithStartAsync()
    {
        var id = $"{script.WorkflowId}-update-with-start";
        var start = StartRequest();
        start.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
        var request = new ExecuteMultiOperationRequest
        {
            Namespace = Workflow.Namespace,
            Operations =
            {
                new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = start },
                new ExecuteMultiOperationRequest.Types.Operation
                {
                    UpdateWorkflow = new UpdateWorkflowExecutionRequest
                    {
                        Namespace = Workflow.Namespace,
                        WorkflowExecution = new() { WorkflowId = script.WorkflowId },
                        WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
                        Request = new() { Meta = new() { UpdateId = id }, Input = new() { Name = "update" } },
                    },
                },
            },
        };
        while (true)
        {
            try
            {
                var response = await caller.InsistAsync<ExecuteMultiOperationResponse>(request.Clone());
                ledger.Require(Workflow, response.Responses[0].StartWorkflow.RunId, "the start", e => e.WorkflowExecutionStartedEventAttributes is not null);
                if (response.Responses[1].UpdateWorkflow.Outcome is { } outcome)
                {
                    ledger.Check(outcome.Success?.Equals(UpdateAnswering.Outcome(id)) == true || ledger.HasEnded(Workflow), $"{id} has the outcome {outcome}");
                    if (outcome.Success is not null)
                    {
                        ledger.Require(Workflow, null, id, e => e.WorkflowExecutionUpdateCompletedEventAttributes?.Meta.UpdateId == id);
                        Updated.Add(id);
                    }

                    return;
                }
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.FailedPrecondition or RpcStatusCode.AlreadyExists or RpcStatusCode.Aborted)
            {
                if (ledger.HasEnded(Workflow))
                {
                    return;
                }

                await caller.Process.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    // A reset whose answer was lost is done again, from the same point: what came to the run that it had made before is lost with that
    // run, as it is with the original. Whoever sent it sends it again.
    private async Task SignalAgainAsync()
    {
        var times = 0;
        while (_resets > 0 || !ledger.HasEnded(Workflow))
        {
            await caller.Process.Delay(TimeSpan.FromSeconds(2));
            var there = ledger.Chain(Workflow).SelectMany(r => ledger.Durable(Workflow, r.RunId))
                .Select(e => ScriptedWorkflow.Text(e.WorkflowExecutionSignaledEventAttributes?.Input)).ToHashSet();
            foreach (var signal in Signalled.Where(s => !there.Contains(s)).ToList())
            {
                await SignalAsync(signal, $"{signal} again {times++}");
            }
        }
    }

    private async Task EndCronAsync()
    {
        while (ledger.Of(Workflow).Count() <= script.CronRuns)
        {
            await caller.Process.Delay(TimeSpan.FromSeconds(1));
        }

        await TerminateAsync();
    }

    // The request id of a start is the first run's; later runs do not know it.
    private bool HasSuccessors => ledger.Of(Workflow).Count() > 1;

    private Task SignalAsync(string name) => SignalAsync(name, name);

    private Task SignalAsync(string name, string requestId)
    {
        var request = new SignalWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace,
            WorkflowExecution = new() { WorkflowId = script.WorkflowId },
            SignalName = "signal",
            Input = ScriptedWorkflow.Text(name),
            RequestId = requestId,
        };
        return UntilClosedAsync(async () =>
        {
            await caller.InsistAsync<SignalWorkflowExecutionResponse>(request, anew: () => Anew(() => request.RequestId += "'"));
            Acknowledge(name);
        });
    }

    private async Task SignalWithStartAsync(string name)
    {
        var request = new SignalWithStartWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace,
            WorkflowId = script.WorkflowId,
            WorkflowType = new() { Name = "scripted" },
            TaskQueue = new() { Name = ScriptedWorkflow.WorkflowQueue },
            SignalName = "signal",
            SignalInput = ScriptedWorkflow.Text(name),
            RequestId = name,
            WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
            WorkflowRunTimeout = script.RunTimeout is { } timeout ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(timeout) : null,
        };
        try
        {
            await caller.InsistAsync<SignalWithStartWorkflowExecutionResponse>(request, anew: () => Anew(() => request.RequestId += "'"));
            Acknowledge(name);
        }
        catch (RpcFault fault) when (fault.Code == RpcStatusCode.AlreadyExists)
        {
            // Closed before the signal came, or before it was repeated.
        }
    }

    private void Acknowledge(string signal)
    {
        if (!Signalled.Contains(signal))
        {
            Signalled.Add(signal);
        }

        ledger.Require(Workflow, null, $"signal {signal}", e => e.WorkflowExecutionSignaledEventAttributes is { } s && ScriptedWorkflow.Text(s.Input) == signal);
    }

    private Task UpdateAsync(string id)
    {
        var refused = caller.Process.Random.Chance(0.3);
        var request = new UpdateWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace,
            WorkflowExecution = new() { WorkflowId = script.WorkflowId },
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
            Request = new() { Meta = new() { UpdateId = id }, Input = new() { Name = refused ? UpdateAnswering.Refused : "update" } },
        };
        return UntilClosedAsync(async () =>
        {
            while (true)
            {
                var response = await caller.InsistAsync<UpdateWorkflowExecutionResponse>(request.Clone());
                if (response.Outcome?.Success is { } success)
                {
                    ledger.Check(!refused && success.Equals(UpdateAnswering.Outcome(id)), $"{id} has the outcome {success}, refused: {refused}");
                    ledger.Require(Workflow, null, id, e => e.WorkflowExecutionUpdateCompletedEventAttributes?.Meta.UpdateId == id);
                    Updated.Add(id);
                }

                if (response.Outcome is not null)
                {
                    return;
                }
            }
        });
    }

    private Task ReadResultAsync() => new ResultReader(caller, ledger, Workflow, isSuperseded).ReadAsync();

    // Whoever asks wakes the workflow. One that nobody asks for has to come to its end by itself.
    private async Task ReadResultLaterAsync()
    {
        while (!ledger.HasEnded(Workflow))
        {
            await caller.Process.Delay(TimeSpan.FromSeconds(1));
        }

        await ReadResultAsync();
    }

    private Task QueryAsync()
    {
        var request = new QueryWorkflowRequest
        {
            Namespace = Workflow.Namespace, Execution = new() { WorkflowId = script.WorkflowId }, Query = new() { QueryType = "signals" },
        };
        return UntilClosedAsync(async () =>
        {
            var superseded = isSuperseded();
            var least = Signalled.Count;
            var response = await caller.InsistAsync<QueryWorkflowResponse>(request);
            var answer = int.Parse(ScriptedWorkflow.Text(response.QueryResult));
            ledger.Check(
                superseded || isSuperseded() || ((answer >= least || script.Resets > 0) && answer <= script.Signals),
                $"{script.WorkflowId}: a query asked after {least} acknowledged signals, of {script.Signals}, answers {answer}");
        });
    }

    // Whoever pauses lets go on, so that the workflow comes to its end. Without an activity at hand it is tried again, or the workflow is over.
    private Task PauseAsync() => UntilClosedAsync(async () =>
    {
        var execution = new WorkflowExecution { WorkflowId = script.WorkflowId };
        await caller.InsistAsync<PauseActivityResponse>(new PauseActivityRequest { Namespace = Workflow.Namespace, Execution = execution, Type = "scripted", Identity = "operator" });
        await caller.Process.Delay(caller.Process.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        await caller.InsistAsync<UnpauseActivityResponse>(new UnpauseActivityRequest { Namespace = Workflow.Namespace, Execution = execution, Type = "scripted", Identity = "operator" });
    });

    private Task CancelAsync() => UntilClosedAsync(async () =>
    {
        await caller.InsistAsync<RequestCancelWorkflowExecutionResponse>(new RequestCancelWorkflowExecutionRequest
        {
            Namespace = Workflow.Namespace, WorkflowExecution = new() { WorkflowId = script.WorkflowId }, RequestId = $"{script.WorkflowId}-cancel",
        });
        ledger.Require(Workflow, null, "the cancellation", e => e.EventType is EventType.WorkflowExecutionCancelRequested || IsClose(e.EventType));
    });

    private Task TerminateAsync() => UntilClosedAsync(async () =>
    {
        await caller.InsistAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest { Namespace = Workflow.Namespace, WorkflowExecution = new() { WorkflowId = script.WorkflowId } });
        ledger.Require(Workflow, null, "the termination", e => IsClose(e.EventType));
    });

    // Until the workflow is there the operation is tried again; once it has ended, an earlier attempt whose answer was lost may have
    // been what it waited for, or the operation came too late.
    private async Task UntilClosedAsync(Func<Task> operation)
    {
        while (true)
        {
            try
            {
                await operation();
                return;
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.FailedPrecondition)
            {
                if (ledger.HasEnded(Workflow))
                {
                    return;
                }

                await caller.Process.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static bool IsClose(EventType type) => type is
        EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionFailed or EventType.WorkflowExecutionCanceled or EventType.WorkflowExecutionTerminated or
        EventType.WorkflowExecutionTimedOut;

    private void Anew(Action change)
    {
        if (defects.HasFlag(Defects.FreshRequestIds))
        {
            change();
        }
    }
}
