using Temporalio.Api.Filter.V1;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

/// <summary>Start times that a list is limited to.</summary>
internal readonly struct StartTimeRange
{
    private readonly DateTimeOffset _earliest;
    private readonly DateTimeOffset _latest;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: the range ends before it begins.</exception>
    public StartTimeRange(StartTimeFilter? filter)
    {
        _earliest = filter?.EarliestTime?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;
        _latest = filter?.LatestTime?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
        if (_earliest > _latest)
        {
            throw Faults.Invalid("EarliestTime in StartTimeFilter should not be larger than LatestTime.");
        }
    }

    public bool Contains(VisibilityRecord record) => record.StartTime >= _earliest && record.StartTime <= _latest;
}
