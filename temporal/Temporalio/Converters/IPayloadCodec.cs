using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>
/// Transforms payloads after conversion and back before it: encryption, compression, storage elsewhere. Runs outside workflows. The
/// number of payloads may change, except where a single one is asked for.
/// </summary>
public interface IPayloadCodec
{
    Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads);

    Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads);
}
