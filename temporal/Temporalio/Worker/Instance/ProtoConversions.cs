using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Converters;

namespace Temporalio.Worker.Instance;

/// <summary>Small steps between the core's messages and .NET's types.</summary>
internal static class ProtoConversions
{
    public static Duration ToDuration(this TimeSpan span) => Duration.FromTimeSpan(span);

    /// <summary>A duration that means something: absent and zero are the same on the wire.</summary>
    public static TimeSpan? ToNonZero(this Duration? duration) =>
        duration is null or { Seconds: 0, Nanos: 0 } ? null : duration.ToTimeSpan();

    public static string? NullIfEmpty(this string text) => text.Length == 0 ? null : text;

    public static void AddAll(this MapField<string, Payload> map, IEnumerable<KeyValuePair<string, Payload>>? values)
    {
        if (values is not null)
        {
            foreach (var (key, value) in values)
            {
                map[key] = value;
            }
        }
    }

    /// <summary>The single result of an activity or a child; for a <see cref="ValueTuple"/> nobody asks.</summary>
    /// <exception cref="InvalidOperationException">A result is wanted and there is none.</exception>
    public static TResult ToResult<TResult>(this IPayloadConverter converter, Payload? payload)
    {
        if (typeof(TResult) == typeof(ValueTuple))
        {
            return default!;
        }

        return payload is null ? throw new InvalidOperationException("No result present") : converter.ToValue<TResult>(payload);
    }

    /// <summary>Ends the wait for an activity. What the result's conversion throws is seen by whoever waits.</summary>
    public static void Settle<TResult>(this TaskCompletionSource<TResult> source, DataConverter converter, ActivityResolution resolution)
    {
        try
        {
            switch (resolution.StatusCase)
            {
                case ActivityResolution.StatusOneofCase.Completed:
                    source.TrySetResult(converter.PayloadConverter.ToResult<TResult>(resolution.Completed.Result));
                    break;
                case ActivityResolution.StatusOneofCase.Failed:
                    source.TrySetException(converter.FailureConverter.ToException(resolution.Failed.Failure_, converter.PayloadConverter));
                    break;
                case ActivityResolution.StatusOneofCase.Cancelled:
                    source.TrySetException(converter.FailureConverter.ToException(resolution.Cancelled.Failure, converter.PayloadConverter));
                    break;
                default:
                    throw new InvalidOperationException($"Unexpected activity resolution {resolution.StatusCase}");
            }
        }
        catch (Exception e)
        {
            source.TrySetException(e);
        }
    }
}
