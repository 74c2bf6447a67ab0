using Temporalio.Bridge.Api.WorkflowActivation;
using Job = Temporalio.Bridge.Api.WorkflowActivation.WorkflowActivationJob;

namespace Temporalio.Worker.Instance;

/// <summary>
/// Applies the jobs of one activation and runs what they wake. Which of the two orders holds is recorded in the history as a flag, because
/// replay must take the same one.
/// </summary>
internal sealed class EventLoop(WorkflowInstance instance)
{
    /// <summary>The language flag of <see cref="RunModern"/>.</summary>
    public const uint ModernFlag = 2;

    private bool _mainStarted;

    /// <summary>All jobs first, in the core's order; then tasks to the end, then the first condition that holds, and so on.</summary>
    public void RunModern(WorkflowActivation activation)
    {
        foreach (var job in activation.Jobs)
        {
            Apply(job);
        }

        // After the jobs: signal and update handlers of the first task run before the run method.
        StartMain();
        Drain(checkConditions: !IsQueryOnly(activation), firstOnly: true);
    }

    /// <summary>Job by job, tasks to the end after each, and all conditions that hold at once: the order of older SDKs.</summary>
    public void RunLegacy(WorkflowActivation activation)
    {
        foreach (var job in activation.Jobs.OrderBy(LegacyOrder))
        {
            if (job.VariantCase == Job.VariantOneofCase.InitializeWorkflow)
            {
                StartMain();
            }

            Apply(job);
            var checkConditions = job.VariantCase is not (Job.VariantOneofCase.NotifyHasPatch or Job.VariantOneofCase.QueryWorkflow);
            Drain(checkConditions, firstOnly: false);
        }
    }

    private static bool IsQueryOnly(WorkflowActivation activation)
    {
        foreach (var job in activation.Jobs)
        {
            if (job.VariantCase != Job.VariantOneofCase.QueryWorkflow)
            {
                return false;
            }
        }

        return true;
    }

    private static int LegacyOrder(Job job) => job.VariantCase switch
    {
        Job.VariantOneofCase.NotifyHasPatch or Job.VariantOneofCase.UpdateRandomSeed => 1,
        Job.VariantOneofCase.SignalWorkflow or Job.VariantOneofCase.DoUpdate => 2,
        Job.VariantOneofCase.InitializeWorkflow => 3,
        _ => 4,
    };

    private void StartMain()
    {
        if (!_mainStarted)
        {
            _mainStarted = true;
            instance.Main.Start();
        }
    }

    private void Drain(bool checkConditions, bool firstOnly)
    {
        do
        {
            instance.Scheduler.RunAll();
            if (instance.TaskFailed)
            {
                return;
            }
        }
        while (checkConditions && instance.OutsideScheduler(firstOnly ? instance.Conditions.ResolveFirst : instance.Conditions.ResolveAll));
    }

    private void Apply(Job job)
    {
        switch (job.VariantCase)
        {
            case Job.VariantOneofCase.InitializeWorkflow:
                // Its facts were taken when the instance was made.
                break;
            case Job.VariantOneofCase.FireTimer:
                instance.Timers.Fire(job.FireTimer);
                break;
            case Job.VariantOneofCase.UpdateRandomSeed:
                instance.Reseed(job.UpdateRandomSeed.RandomnessSeed);
                break;
            case Job.VariantOneofCase.QueryWorkflow:
                instance.QueryJobs.Apply(job.QueryWorkflow);
                break;
            case Job.VariantOneofCase.CancelWorkflow:
                instance.OutsideScheduler(instance.Cancel);
                break;
            case Job.VariantOneofCase.SignalWorkflow:
                instance.SignalJobs.Apply(job.SignalWorkflow);
                break;
            case Job.VariantOneofCase.DoUpdate:
                instance.UpdateJobs.Apply(job.DoUpdate);
                break;
            case Job.VariantOneofCase.ResolveActivity when job.ResolveActivity.IsLocal:
                instance.LocalActivities.Resolve(job.ResolveActivity.Seq, job.ResolveActivity.Result);
                break;
            case Job.VariantOneofCase.ResolveActivity:
                instance.Activities.Resolve(job.ResolveActivity.Seq, job.ResolveActivity.Result);
                break;
            case Job.VariantOneofCase.NotifyHasPatch:
                instance.Patches.Notify(job.NotifyHasPatch);
                break;
            case Job.VariantOneofCase.ResolveChildWorkflowExecutionStart:
                instance.Children.ResolveStart(job.ResolveChildWorkflowExecutionStart);
                break;
            case Job.VariantOneofCase.ResolveChildWorkflowExecution:
                instance.Children.Resolve(job.ResolveChildWorkflowExecution);
                break;
            case Job.VariantOneofCase.ResolveSignalExternalWorkflow:
                instance.ExternalSignals.Resolve(job.ResolveSignalExternalWorkflow);
                break;
            case Job.VariantOneofCase.ResolveRequestCancelExternalWorkflow:
                instance.ExternalCancels.Resolve(job.ResolveRequestCancelExternalWorkflow);
                break;
            default:
                throw new InvalidOperationException($"Unrecognized activation job {job.VariantCase}");
        }
    }
}
