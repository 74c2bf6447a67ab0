using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>HELLO [version [AUTH user key] [SETNAME name]]</c>: the greeting of newer clients, which may bring the key and sets the version of the protocol.</summary>
internal sealed class HelloCommand() : IntakeCommand("HELLO", -1, new("Handshakes with the server.", "6.0.0", "connection", "fast") { ForStrangers = true })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var version = (long)call.Session.Protocol;
        if (call.Count > 1 && !call.TryNumber(1, out version))
        {
            return RespReply.Error("ERR Protocol version is not an integer or out of range");
        }

        if (version is not (2 or 3))
        {
            return RespReply.Error("NOPROTO unsupported protocol version");
        }

        var (key, name) = (0, 0);
        for (var at = 2; at < call.Count; at++)
        {
            if (call.Is(at, "AUTH") && at + 2 < call.Count)
            {
                key = at += 2;
            }
            else if (call.Is(at, "SETNAME") && at + 1 < call.Count)
            {
                name = ++at;
            }
            else
            {
                return RespReply.Error($"ERR Syntax error in HELLO option '{call.Text(at)}'");
            }
        }

        if (name > 0 && !ClientCommand.IsName(call.Text(name)))
        {
            return ClientCommand.WrongName;
        }

        if (key > 0 && !await call.Session.ShowAsync(call.Text(key), call.Leaving))
        {
            return Refusals.WrongKey;
        }

        if (call.Session.IsStranger)
        {
            return RespReply.Error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time");
        }

        call.Session.Protocol = (int)version;
        call.Session.Name = name > 0 ? call.Text(name) : call.Session.Name;
        return RespMap.Of(
            ("server", RespReply.Text("redis")), ("version", RespReply.Text(InfoCommand.Version)), ("proto", new RespInteger(version)), ("id", new RespInteger(call.Session.Id)),
            ("mode", RespReply.Text("standalone")), ("role", RespReply.Text("master")), ("modules", new RespArray()));
    }
}
