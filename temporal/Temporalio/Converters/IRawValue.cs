using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A value that no payload converter has touched; payload codecs have.</summary>
public interface IRawValue
{
    /// <summary>The payload, decoded by the codec.</summary>
    Payload Payload { get; }
}
