using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Worker.Instance;

/// <summary>The patches of one run. An answer once given holds for the whole run.</summary>
internal sealed class Patches(WorkflowInstance instance)
{
    private readonly HashSet<string> _inHistory = [];
    private readonly Dictionary<string, bool> _answered = [];

    public void Notify(NotifyHasPatch job) => _inHistory.Add(job.PatchId);

    public bool Patch(string patchId, bool deprecated)
    {
        if (_answered.TryGetValue(patchId, out var answer))
        {
            return answer;
        }

        answer = _inHistory.Contains(patchId)
            || (!instance.IsReplaying && (deprecated || instance.Environment.PatchActivation?.Invoke(new(instance.Info, patchId)) != false));
        _answered.Add(patchId, answer);
        if (answer)
        {
            instance.AddCommand(new() { SetPatchMarker = new() { PatchId = patchId, Deprecated = deprecated } });
        }

        return answer;
    }
}
