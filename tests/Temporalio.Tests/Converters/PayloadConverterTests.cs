using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Tests.Converters;

public class PayloadConverterTests
{
    private static readonly IPayloadConverter s_converter = DataConverter.Default.PayloadConverter;

    public static TheoryData<object?, string, string> Values => new()
    {
        { null, "binary/null", "" },
        { new byte[] { 1, 2 }, "binary/plain", "\u0001\u0002" },
        { "text", "json/plain", "\"text\"" },
        { 1234L, "json/plain", "1234" },
        { 1.5, "json/plain", "1.5" },
        { true, "json/plain", "true" },
        { new Person("Ada", 36, [new("b"), new("a")]), "json/plain", """{"Name":"Ada","Age":36,"Pets":[{"Kind":"b"},{"Kind":"a"}]}""" },
        { new WorkflowExecution { WorkflowId = "w", RunId = "r" }, "json/protobuf", """{ "workflowId": "w", "runId": "r" }""" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void ToPayload_Value_HasTheWireShapeAndComesBack(object? value, string encoding, string data)
    {
        var payload = s_converter.ToPayload(value);

        Assert.Equal(encoding, payload.Metadata["encoding"].ToStringUtf8());
        Assert.Equal(data, payload.Data.ToStringUtf8());
        var back = s_converter.ToValue(payload, value?.GetType() ?? typeof(string));
        Assert.Equal(JsonSerializer.Serialize(value), JsonSerializer.Serialize(back));
    }

    [Fact]
    public void ToPayload_ProtobufMessage_NamesItsType() =>
        Assert.Equal("temporal.api.common.v1.WorkflowExecution", s_converter.ToPayload(new WorkflowExecution()).Metadata["messageType"].ToStringUtf8());

    [Fact]
    public void ToValue_BinaryProtobuf_IsRead()
    {
        var message = new WorkflowExecution { WorkflowId = "w" };
        var payload = new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/protobuf") }, Data = message.ToByteString() };

        Assert.Equal(message, s_converter.ToValue<WorkflowExecution>(payload));
    }

    [Fact]
    public void ToValue_NullForAnInteger_IsRefused() =>
        Assert.Throws<ArgumentException>(() => s_converter.ToValue(s_converter.ToPayload(null), typeof(int)));

    [Fact]
    public void ToValue_UnknownEncoding_IsRefused() =>
        Assert.Throws<ArgumentException>(() => s_converter.ToValue<string>(
            new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/encrypted") } }));

    [Fact]
    public void ToPayload_RawValue_IsThePayloadItself()
    {
        var payload = s_converter.ToPayload("x");

        Assert.Same(payload, s_converter.ToPayload(new RawValue(payload)));
        Assert.Same(payload, ((IRawValue)s_converter.ToValue(payload, typeof(IRawValue))!).Payload);
    }

    [Fact]
    public void ToPayload_TransferType_TravelsAsTheOtherType()
    {
        var payload = s_converter.ToPayload(new Celsius(21));

        Assert.Equal("\"21C\"", payload.Data.ToStringUtf8());
        Assert.Equal(21, s_converter.ToValue<Celsius>(payload).Degrees);
    }

    [Fact]
    public void CommonTypeConverter_Object_IsReadAsPlainTypes()
    {
        var options = new JsonSerializerOptions { Converters = { JsonCommonTypeConverter.Instance } };
        var converter = new DefaultPayloadConverter(options);

        var value = converter.ToValue<Dictionary<string, object?>>(converter.ToPayload(new { A = 1, B = "x", C = new[] { 1.5 }, D = (string?)null }));

        Assert.Equal(1L, value["A"]);
        Assert.Equal("x", value["B"]);
        Assert.Equal([1.5], (List<object?>)value["C"]!);
        Assert.Null(value["D"]);
    }

    [Fact]
    public void WithSerializationContext_BoundPart_IsReplaced()
    {
        var converter = DataConverter.Default with { PayloadCodec = new ContextCodec(null) };

        var bound = converter.WithSerializationContext(new ISerializationContext.Workflow("ns", "w"));

        Assert.Equal("w", ((ContextCodec)bound.PayloadCodec!).WorkflowId);
        Assert.Same(DataConverter.Default, DataConverter.Default.WithSerializationContext(new ISerializationContext.Workflow("ns", "w")));
    }

    internal sealed record Pet(string Kind);

    internal sealed record Person(string Name, int Age, IReadOnlyList<Pet> Pets);

    [TemporalTransferTypeConverter(typeof(CelsiusConverter))]
    internal sealed class Celsius(int degrees)
    {
        public int Degrees { get; } = degrees;
    }

    internal sealed class CelsiusConverter : ITemporalTransferTypeConverter
    {
        public Type TransferType => typeof(string);

        public object? ToTransferType(object value) => $"{((Celsius)value).Degrees}C";

        public object? FromTransferType(object? transferType) => new Celsius(int.Parse(((string)transferType!).TrimEnd('C')));
    }

    private sealed record ContextCodec(string? WorkflowId) : IPayloadCodec, IWithSerializationContext<IPayloadCodec>
    {
        public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) => Task.FromResult(payloads);

        public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) => Task.FromResult(payloads);

        public IPayloadCodec WithSerializationContext(ISerializationContext context) =>
            new ContextCodec(((ISerializationContext.IHasWorkflow)context).WorkflowId);
    }
}
