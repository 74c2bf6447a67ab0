using Temporalio.Api.Common.V1;

namespace Temporalio.Server.Frontend;

/// <summary>What a priority may be.</summary>
internal static class Priorities
{
    private const int MaxFairnessKeyBytes = 64;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static void Check(Priority? priority)
    {
        if (Problem(priority) is { } problem)
        {
            throw Faults.Invalid(problem);
        }
    }

    /// <summary>What is wrong with the priority; <see langword="null"/> if nothing is.</summary>
    public static string? Problem(Priority? priority) =>
        priority is null ? null
        : priority.PriorityKey < 0 ? "priority key can't be negative"
        : System.Text.Encoding.UTF8.GetByteCount(priority.FairnessKey) > MaxFairnessKeyBytes ? "fairness key length exceeds limit"
        : priority.FairnessWeight < 0 ? "must be greater than zero"
        : null;
}
