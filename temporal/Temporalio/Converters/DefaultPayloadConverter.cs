using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Tries encodings in order for a value, and finds a payload's by its <c>encoding</c> metadata.</summary>
public class DefaultPayloadConverter : IPayloadConverter, IWithSerializationContext<IPayloadConverter>
{
    public DefaultPayloadConverter()
        : this(new JsonSerializerOptions())
    {
    }

    public DefaultPayloadConverter(JsonSerializerOptions jsonSerializerOptions)
        : this(
            new BinaryNullConverter(),
            new BinaryPlainConverter(),
            new JsonProtoConverter(),
            new BinaryProtoConverter(),
            new JsonPlainConverter(jsonSerializerOptions))
    {
    }

    /// <param name="encodingConverters">In the order in which they are tried.</param>
    public DefaultPayloadConverter(params IEncodingConverter[] encodingConverters)
    {
        EncodingConverters = Array.AsReadOnly(encodingConverters);
        IndexedEncodingConverters = Index(encodingConverters);
    }

    public IReadOnlyCollection<IEncodingConverter> EncodingConverters { get; private set; }

    protected IReadOnlyDictionary<ByteString, IEncodingConverter> IndexedEncodingConverters { get; private set; }

    public Payload ToPayload(object? value)
    {
        if (value is IRawValue raw)
        {
            return raw.Payload;
        }
        if (value is not null && TransferType.Of(value.GetType()) is { } transfer)
        {
            value = transfer.ToTransferType(value);
        }
        foreach (var converter in EncodingConverters)
        {
            if (converter.TryToPayload(value, out var payload))
            {
                return payload;
            }
        }
        throw new ArgumentException($"Value of type {value?.GetType()} has no known converter", nameof(value));
    }

    public object? ToValue(Payload payload, Type type)
    {
        if (type == typeof(IRawValue) || type == typeof(RawValue))
        {
            return new RawValue(payload);
        }
        if (!payload.Metadata.TryGetValue("encoding", out var encoding))
        {
            throw new ArgumentException("Payload has no encoding", nameof(payload));
        }
        if (!IndexedEncodingConverters.TryGetValue(encoding, out var converter))
        {
            throw new ArgumentException($"Unknown payload encoding {encoding.ToStringUtf8()}", nameof(payload));
        }
        return TransferType.Of(type) is { } transfer
            ? transfer.FromTransferType(converter.ToValue(payload, transfer.TransferType))
            : converter.ToValue(payload, type);
    }

    public virtual IPayloadConverter WithSerializationContext(ISerializationContext context)
    {
        IEncodingConverter[] bound =
            [.. EncodingConverters.Select(c => c is IWithSerializationContext<IEncodingConverter> b ? b.WithSerializationContext(context) : c)];
        if (bound.SequenceEqual(EncodingConverters))
        {
            return this;
        }
        var copy = (DefaultPayloadConverter)MemberwiseClone();
        copy.EncodingConverters = Array.AsReadOnly(bound);
        copy.IndexedEncodingConverters = Index(bound);
        return copy;
    }

    private static Dictionary<ByteString, IEncodingConverter> Index(IEncodingConverter[] converters) =>
        converters.ToDictionary(c => ByteString.CopyFromUtf8(c.Encoding));
}
