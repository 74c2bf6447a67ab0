using Google.Protobuf.WellKnownTypes;
using ProtoRetryPolicy = Temporalio.Api.Common.V1.RetryPolicy;

namespace Temporalio.Common;

/// <summary>How a workflow or an activity is retried.</summary>
public record RetryPolicy
{
    /// <summary>Wait before the first retry. Default: 1 s.</summary>
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Factor from one interval to the next, at least 1. Default: 2.</summary>
    public float BackoffCoefficient { get; set; } = 2.0f;

    /// <summary>Upper bound of the interval. Default: 100 times <see cref="InitialInterval"/>.</summary>
    public TimeSpan? MaximumInterval { get; set; }

    /// <summary>Attempts in all; 0 means unlimited. Default: 0.</summary>
    public int MaximumAttempts { get; set; }

    /// <summary>Types of <see cref="Exceptions.ApplicationFailureException.ErrorType"/> that are not retried.</summary>
    public IReadOnlyCollection<string>? NonRetryableErrorTypes { get; set; }

    internal static RetryPolicy FromProto(ProtoRetryPolicy proto) => new()
    {
        InitialInterval = proto.InitialInterval?.ToTimeSpan() ?? TimeSpan.Zero,
        BackoffCoefficient = (float)proto.BackoffCoefficient,
        MaximumInterval = proto.MaximumInterval?.ToTimeSpan(),
        MaximumAttempts = proto.MaximumAttempts,
        NonRetryableErrorTypes = proto.NonRetryableErrorTypes.Count == 0 ? null : [.. proto.NonRetryableErrorTypes],
    };

    internal ProtoRetryPolicy ToProto()
    {
        var proto = new ProtoRetryPolicy
        {
            InitialInterval = Duration.FromTimeSpan(InitialInterval),
            BackoffCoefficient = BackoffCoefficient,
            MaximumInterval = MaximumInterval is { } maximum ? Duration.FromTimeSpan(maximum) : null,
            MaximumAttempts = MaximumAttempts,
        };
        if (NonRetryableErrorTypes is { } types)
        {
            proto.NonRetryableErrorTypes.AddRange(types);
        }
        return proto;
    }
}
