using Google.Protobuf;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>Where a reader of a history from its end continues: everything from <paramref name="EndEventId"/> on was read.</summary>
internal sealed record ReverseHistoryToken(string RunId, long EndEventId)
{
    private const int Format = 0x52;

    public ByteString Encode()
    {
        var writer = new StateWriter();
        writer.Number(Format);
        writer.Text(RunId);
        writer.Number(EndEventId);
        return UnsafeByteOperations.UnsafeWrap(writer.ToMemory());
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: not ours.</exception>
    public static ReverseHistoryToken Decode(ByteString bytes)
    {
        try
        {
            var reader = new StateReader(bytes.Span);
            return reader.Number() == Format ? new(reader.RequiredText(), reader.Number()) : throw new InvalidDataException("Not a page token.");
        }
        catch (InvalidDataException)
        {
            throw Faults.Invalid("Invalid NextPageToken.");
        }
    }
}
