using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>
/// Values to payloads and back. Runs inside workflows, so it must be deterministic and do no I/O; <see cref="IPayloadCodec"/> is the
/// place for what needs either.
/// </summary>
public interface IPayloadConverter
{
    /// <exception cref="ArgumentException">The value cannot be converted.</exception>
    Payload ToPayload(object? value);

    /// <exception cref="ArgumentException">The payload cannot be converted to this type.</exception>
    object? ToValue(Payload payload, Type type);
}
