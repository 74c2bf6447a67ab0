using System.Diagnostics.CodeAnalysis;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>One encoding of a <see cref="DefaultPayloadConverter"/>.</summary>
public interface IEncodingConverter
{
    /// <summary>The value of the payload's <c>encoding</c> metadata.</summary>
    string Encoding { get; }

    /// <summary>False when this encoding does not take the value, so that the next one is tried.</summary>
    bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload);

    object? ToValue(Payload payload, Type type);
}
