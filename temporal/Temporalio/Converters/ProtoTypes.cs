using System.Collections.Concurrent;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Temporalio.Converters;

internal static class ProtoTypes
{
    private static readonly ConcurrentDictionary<Type, MessageDescriptor?> s_descriptors = new();

    internal static ByteString Name(IMessage message) => ByteString.CopyFromUtf8(message.Descriptor.FullName);

    /// <exception cref="ArgumentException">The type is no protobuf message.</exception>
    internal static MessageDescriptor Descriptor(Type type, string encoding) =>
        s_descriptors.GetOrAdd(type, static t => typeof(IMessage).IsAssignableFrom(t)
            ? t.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as MessageDescriptor
            : null)
        ?? throw new ArgumentException($"Payload is {encoding}, but type is {type}", nameof(type));
}
