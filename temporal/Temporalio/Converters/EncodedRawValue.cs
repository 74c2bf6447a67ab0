using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A value as it came from the server: neither decoded by the codec nor converted.</summary>
public interface IEncodedRawValue
{
    Payload Payload { get; }

    Task<T> ToValueAsync<T>();

    Task<object?> ToValueAsync(Type type);
}

/// <inheritdoc cref="IEncodedRawValue"/>
public record EncodedRawValue(DataConverter DataConverter, Payload Payload) : IEncodedRawValue
{
    public Task<T> ToValueAsync<T>() => DataConverter.ToValueAsync<T>(Payload);

    public Task<object?> ToValueAsync(Type type) => DataConverter.ToValueAsync(Payload, type);
}
