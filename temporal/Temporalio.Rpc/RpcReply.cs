using Google.Protobuf;

namespace Temporalio.Rpc;

/// <summary>
/// A handler's answer: a message and, where a sub-message lies in storage already serialised, the pieces that it is the
/// concatenation of. Protobuf concatenation is merging, so a history page is answered without being parsed.
/// </summary>
public readonly record struct RpcReply(IMessage Message, RawField? Raw = null);

/// <summary>The length-delimited field <paramref name="FieldNumber"/> of the answer, whose bytes are the segments in order.</summary>
public sealed record RawField(int FieldNumber, IReadOnlyList<ReadOnlyMemory<byte>> Segments);
