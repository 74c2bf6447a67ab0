using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>The errors that commands share, in the words of Redis 7.0, by which clients tell them apart.</summary>
internal static class Refusals
{
    public static RespReply Syntax { get; } = RespReply.Error("ERR syntax error");

    public static RespReply NoInteger { get; } = RespReply.Error("ERR value is not an integer or out of range");

    public static RespReply InvalidId { get; } = RespReply.Error("ERR Invalid stream ID specified as stream command argument");

    public static RespReply NoSuchKey { get; } = RespReply.Error("ERR no such key");

    public static RespReply WrongType { get; } = RespReply.Error("WRONGTYPE Operation against a key holding the wrong kind of value");

    public static RespReply NoKeyShown { get; } = RespReply.Error("NOAUTH Authentication required.");

    public static RespReply WrongKey { get; } = RespReply.Error("WRONGPASS invalid username-password pair or user is disabled.");

    public static RespReply NotYours { get; } = RespReply.Error("NOPERM no task of that id takes output from this client");

    /// <param name="name">A subcommand's is <c>client|id</c>.</param>
    public static RespReply WrongCount(string name) => RespReply.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");

    public static RespReply UnknownSubcommand(CommandCall call) =>
        RespReply.Error($"ERR unknown subcommand '{call.Text(1)}'. Try {call.Text(0).ToUpperInvariant()} HELP.");

    public static RespReply Unknown(CommandCall call)
    {
        // As much of the arguments as tells what the client wanted.
        const int Most = 128;
        var begin = "";
        for (var i = 1; i < call.Count && begin.Length < Most; i++)
        {
            var argument = call.Text(i);
            begin += $"'{argument[..Math.Min(argument.Length, Most - begin.Length)]}' ";
        }

        var name = call.Text(0);
        return RespReply.Error($"ERR unknown command '{name[..Math.Min(name.Length, Most)]}', with args beginning with: {begin}");
    }
}
