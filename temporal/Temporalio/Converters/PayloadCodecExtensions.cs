using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Converters;

/// <summary>Codecs over single payloads and over all payloads of a failure.</summary>
public static class PayloadCodecExtensions
{
    /// <exception cref="InvalidOperationException">The codec answered something other than one payload.</exception>
    public static async Task<Payload> EncodeSingleAsync(this IPayloadCodec codec, Payload payload) =>
        Single(await codec.EncodeAsync([payload]).ConfigureAwait(false));

    /// <inheritdoc cref="EncodeSingleAsync"/>
    public static async Task<Payload> DecodeSingleAsync(this IPayloadCodec codec, Payload payload) =>
        Single(await codec.DecodeAsync([payload]).ConfigureAwait(false));

    /// <summary>Encodes the failure and its causes in place.</summary>
    public static Task EncodeFailureAsync(this IPayloadCodec codec, Failure failure) => ApplyAsync(codec.EncodeAsync, failure);

    /// <summary>Decodes the failure and its causes in place.</summary>
    public static Task DecodeFailureAsync(this IPayloadCodec codec, Failure failure) => ApplyAsync(codec.DecodeAsync, failure);

    /// <summary>Replaces the payloads in place with the outcome of <paramref name="transform"/>.</summary>
    internal static async Task ApplyAsync(
        Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> transform, RepeatedField<Payload> payloads)
    {
        if (payloads.Count == 0)
        {
            return;
        }
        var transformed = await transform([.. payloads]).ConfigureAwait(false);
        payloads.Clear();
        payloads.AddRange(transformed);
    }

    private static async Task ApplyAsync(
        Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> transform, Failure failure)
    {
        for (var current = failure; current is not null; current = current.Cause)
        {
            if (current.EncodedAttributes is { } attributes)
            {
                current.EncodedAttributes = Single(await transform([attributes]).ConfigureAwait(false));
            }
            var details = current.FailureInfoCase switch
            {
                Failure.FailureInfoOneofCase.ApplicationFailureInfo => current.ApplicationFailureInfo.Details,
                Failure.FailureInfoOneofCase.TimeoutFailureInfo => current.TimeoutFailureInfo.LastHeartbeatDetails,
                Failure.FailureInfoOneofCase.CanceledFailureInfo => current.CanceledFailureInfo.Details,
                Failure.FailureInfoOneofCase.ResetWorkflowFailureInfo => current.ResetWorkflowFailureInfo.LastHeartbeatDetails,
                _ => null,
            };
            if (details is not null)
            {
                await ApplyAsync(transform, details.Payloads_).ConfigureAwait(false);
            }
        }
    }

    private static Payload Single(IReadOnlyCollection<Payload> payloads) => payloads.Count == 1
        ? payloads.First()
        : throw new InvalidOperationException($"Expected 1 payload of the codec, found {payloads.Count}");
}
