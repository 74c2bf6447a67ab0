using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>CLIENT ID | SETNAME | GETNAME | SETINFO | INFO | NO-EVICT | NO-TOUCH | REPLY</c>: what clients tell of themselves; only the name is kept.</summary>
internal sealed class ClientCommand() : IntakeCommand("CLIENT", -2, new("A container for client connection commands.", "2.4.0", "connection"))
{
    public static RespReply WrongName { get; } = RespReply.Error("ERR Client names cannot contain spaces, newlines or special characters.");

    public static bool IsName(string name) => name.All(c => c is >= '!' and <= '~');

    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult(call.Text(1).ToUpperInvariant() switch
    {
        "ID" => call.Count == 2 ? new RespInteger(call.Session.Id) : WrongCount(call),
        "GETNAME" => call.Count != 2 ? WrongCount(call) : call.Session.Name.Length == 0 ? RespReply.Null : RespReply.Text(call.Session.Name),
        "SETNAME" => call.Count == 3 ? SetName(call) : WrongCount(call),
        "SETINFO" => call.Count != 4 ? WrongCount(call)
            : call.Is(2, "LIB-NAME") || call.Is(2, "LIB-VER") ? RespReply.Ok
            : RespReply.Error($"ERR Unrecognized option '{call.Text(2)}'"),
        "INFO" => call.Count == 2 ? new RespVerbatim($"id={call.Session.Id} name={call.Session.Name} db=0 user=default resp={call.Session.Protocol}\n") : WrongCount(call),
        "NO-EVICT" or "NO-TOUCH" => call.Count != 3 ? WrongCount(call) : call.Is(2, "ON") || call.Is(2, "OFF") ? RespReply.Ok : Refusals.Syntax,
        // To be silent is not offered: answers are how a writer learns that it is stored.
        "REPLY" => call.Count != 3 ? WrongCount(call) : call.Is(2, "ON") ? RespReply.Ok : Refusals.Syntax,
        _ => Refusals.UnknownSubcommand(call),
    });

    private static RespReply SetName(CommandCall call)
    {
        if (!IsName(call.Text(2)))
        {
            return WrongName;
        }

        call.Session.Name = call.Text(2);
        return RespReply.Ok;
    }

    private static RespReply WrongCount(CommandCall call) => Refusals.WrongCount($"client|{call.Text(1)}");
}
