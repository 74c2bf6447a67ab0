namespace Temporalio.Converters;

/// <summary>All that lies between values in code and payloads on the wire.</summary>
public record DataConverter(
    IPayloadConverter PayloadConverter,
    IFailureConverter FailureConverter,
    IPayloadCodec? PayloadCodec = null) : IWithSerializationContext<DataConverter>
{
    /// <summary>JSON with .NET's names, protobuf as JSON, readable failures, no codec.</summary>
    public static DataConverter Default { get; } = new(new DefaultPayloadConverter(), new DefaultFailureConverter());

    public virtual DataConverter WithSerializationContext(ISerializationContext context)
    {
        var payloadConverter = Bind(PayloadConverter, context);
        var failureConverter = Bind(FailureConverter, context);
        var codec = PayloadCodec is null ? null : Bind(PayloadCodec, context);
        return ReferenceEquals(payloadConverter, PayloadConverter)
            && ReferenceEquals(failureConverter, FailureConverter)
            && ReferenceEquals(codec, PayloadCodec)
            ? this
            : this with { PayloadConverter = payloadConverter, FailureConverter = failureConverter, PayloadCodec = codec };
    }

    private static T Bind<T>(T part, ISerializationContext context)
        where T : class =>
        part is IWithSerializationContext<T> bindable ? bindable.WithSerializationContext(context) : part;
}
