using Temporalio.Api.Common.V1;

namespace Temporalio.Server.Frontend;

/// <summary>What a priority may be.</summary>
internal static class Priorities
{
    private const int MaxFairnessKeyBytes = 64;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static void Check(Priority? priority)
    {
        if (priority is null)
        {
            return;
        }

        if (priority.PriorityKey < 0)
        {
            throw Faults.Invalid("priority key can't be negative");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(priority.FairnessKey) > MaxFairnessKeyBytes)
        {
            throw Faults.Invalid("fairness key length exceeds limit");
        }

        if (priority.FairnessWeight < 0)
        {
            throw Faults.Invalid("must be greater than zero");
        }
    }
}
