using Google.Protobuf;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Frontend;

/// <summary>
/// Where a reader of a history continues. A worker's reading ends with its task's started event, whatever was written since; a client's
/// ends with what there was at its first page. One that waits carries on at the end.
/// </summary>
internal sealed record HistoryToken(string RunId, long NextEventId, long EndEventId, bool Waiting, bool ForTask)
{
    private const int Format = 0x48;

    public static HistoryToken OfTask(WorkflowTaskStart start, long nextEventId) => new(start.RunId, nextEventId, start.History.To, false, true);

    public ByteString Encode()
    {
        var writer = new StateWriter();
        writer.Number(Format);
        writer.Text(RunId);
        writer.Number(NextEventId);
        writer.Number(EndEventId);
        writer.Flag(Waiting);
        writer.Flag(ForTask);
        return UnsafeByteOperations.UnsafeWrap(writer.ToMemory());
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: not ours.</exception>
    public static HistoryToken Decode(ByteString bytes)
    {
        try
        {
            var reader = new StateReader(bytes.Span);
            return reader.Number() == Format
                ? new HistoryToken(reader.RequiredText(), reader.Number(), reader.Number(), reader.Flag(), reader.Flag())
                : throw new InvalidDataException("Not a page token.");
        }
        catch (InvalidDataException)
        {
            throw Faults.Invalid("Invalid NextPageToken.");
        }
    }
}
