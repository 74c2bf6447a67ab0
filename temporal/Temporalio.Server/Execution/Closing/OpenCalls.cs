using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Closing;

/// <summary>Callers that still wait for something of a run that ends: updates that will not be handled, queries that no task will carry.</summary>
internal static class OpenCalls
{
    public static void Close(RunStep step)
    {
        var run = step.Run;
        foreach (var update in run.Updates.All.ToArray())
        {
            switch (update.Status)
            {
                case UpdateStatus.Accepted:
                    UpdateWaiters.Answer(step, update, UpdateWaiters.ViewOf(run, update).Outcome!);
                    break;
                case UpdateStatus.Admitted or UpdateStatus.Sent:
                    run.Updates.Remove(update);
                    UpdateWaiters.Fail(step, update, run.Info.Status == WorkflowExecutionStatus.ContinuedAsNew
                        ? Faults.Busy("workflow operation can not be applied because workflow is closing")
                        : Faults.NotFound("workflow update was aborted by closing workflow"));
                    break;
            }
        }

        Queries.QueryDispatch.RunClosed(step);
    }
}
