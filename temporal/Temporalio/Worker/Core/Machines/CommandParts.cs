using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;

namespace Temporalio.Worker.Core.Machines;

/// <summary>Pieces of the workflow's commands in the server's form. Payloads are handed on, not copied.</summary>
internal static class CommandParts
{
    public static Payloads? Payloads(RepeatedField<Payload> payloads) => payloads.Count == 0 ? null : new() { Payloads_ = { payloads } };

    public static Payloads? Payloads(Payload? payload) => payload is null ? null : new() { Payloads_ = { payload } };

    public static Header Header(MapField<string, Payload> fields)
    {
        var header = new Header();
        header.Fields.Add(fields);
        return header;
    }

    public static Memo Memo(MapField<string, Payload> fields)
    {
        var memo = new Memo();
        memo.Fields.Add(fields);
        return memo;
    }

    public static TaskQueue Queue(string name) => new() { Name = name, Kind = TaskQueueKind.Normal };
}
