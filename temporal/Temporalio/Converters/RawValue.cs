using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <inheritdoc cref="IRawValue"/>
public record RawValue(Payload Payload) : IRawValue;
