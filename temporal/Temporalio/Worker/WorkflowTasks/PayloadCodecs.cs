using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Runs a codec over the shapes in which messages hold payloads, in place.</summary>
internal readonly struct PayloadCodecs(IPayloadCodec codec, bool encode)
{
    public async Task ApplyAsync(RepeatedField<Payload> payloads)
    {
        if (payloads.Count == 0)
        {
            return;
        }

        var converted = await ConvertAsync([.. payloads]).ConfigureAwait(false);
        payloads.Clear();
        payloads.AddRange(converted);
    }

    public async Task ApplyAsync(MapField<string, Payload> payloads)
    {
        foreach (var (key, payload) in payloads.ToList())
        {
            payloads[key] = await SingleAsync(payload).ConfigureAwait(false);
        }
    }

    public async Task ApplyAsync(Payload? payload)
    {
        if (payload is null)
        {
            return;
        }

        var converted = await SingleAsync(payload).ConfigureAwait(false);
        if (!ReferenceEquals(converted, payload))
        {
            // A copy first: the codec may have put the old one's parts into the new one.
            converted = converted.Clone();
            payload.Metadata.Clear();
            payload.Metadata.Add(converted.Metadata);
            payload.Data = converted.Data;
            payload.ExternalPayloads.Clear();
            payload.ExternalPayloads.AddRange(converted.ExternalPayloads);
        }
    }

    public Task ApplyAsync(Payloads? payloads) => payloads is null ? Task.CompletedTask : ApplyAsync(payloads.Payloads_);

    public Task ApplyAsync(Api.Failure.V1.Failure? failure) => failure is null
        ? Task.CompletedTask
        : encode ? codec.EncodeFailureAsync(failure) : codec.DecodeFailureAsync(failure);

    private Task<Payload> SingleAsync(Payload payload) => encode ? codec.EncodeSingleAsync(payload) : codec.DecodeSingleAsync(payload);

    private Task<IReadOnlyCollection<Payload>> ConvertAsync(IReadOnlyCollection<Payload> payloads) =>
        encode ? codec.EncodeAsync(payloads) : codec.DecodeAsync(payloads);
}
