using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>Entries as answers: the id, then the fields, of which there is one.</summary>
internal static class EntryReplies
{
    private static readonly RespReply s_field = RespReply.Text("data");

    public static RespReply Of(Entry entry) =>
        new RespArray(RespReply.Text(EntryId.Of(entry.Position).ToString()), new RespArray(s_field, new RespBulk(entry.Update)));

    public static RespReply Of(IEnumerable<Entry> entries) => new RespArray([.. entries.Select(Of)]);
}
