using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What a run wants next.</summary>
internal abstract record RunAct
{
    private protected RunAct()
    {
    }

    /// <summary>The workflow has something to do.</summary>
    internal sealed record Activate(WorkflowActivation Activation) : RunAct;

    /// <summary>The workflow has nothing to do, so the activation is completed for it.</summary>
    internal sealed record AutoComplete : RunAct
    {
        public static readonly AutoComplete Instance = new();
    }

    /// <summary>The task cannot be applied.</summary>
    internal sealed record AutoFail(Exception Error) : RunAct;
}
