using System.Collections.Frozen;
using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// The commands of Redis that are served: those by which agents and their readers use streams, over the task stream instead of a store of keys. A key
/// <c>task:{id}</c> is the task's stream, as event streams show it.
/// <para>
/// Nothing destroys what viewers replay: DEL, UNLINK, XDEL and XTRIM answer that they removed nothing, lengths given to XADD and times given to EXPIRE have no
/// effect, and FLUSHALL and the like are not known. The stream lives as long as its task.
/// </para>
/// </summary>
internal static class IntakeCommands
{
    private static readonly IntakeCommand[] s_all =
    [
        new AddCommand(), new ReadCommand(), new RangeCommand("XRANGE", isBackwards: false), new RangeCommand("XREVRANGE", isBackwards: true), new LengthCommand(),
        new TrimCommand(), new DeleteEntriesCommand(), new StreamInfoCommand(),
        new DeleteCommand("DEL"), new DeleteCommand("UNLINK"), new ExistsCommand(), new TypeCommand(), new GetCommand(),
        new ExpireCommand("EXPIRE", isSpan: true), new ExpireCommand("PEXPIRE", isSpan: true), new ExpireCommand("EXPIREAT", isSpan: false), new ExpireCommand("PEXPIREAT", isSpan: false),
        new LifetimeCommand("TTL"), new LifetimeCommand("PTTL"), new LifetimeCommand("EXPIRETIME"), new LifetimeCommand("PEXPIRETIME"), new PersistCommand(),
        new AuthCommand(), new HelloCommand(), new ClientCommand(), new SelectCommand(), new PingCommand(), new EchoCommand(), new QuitCommand(), new ResetCommand(),
        new CommandCommand(), new InfoCommand(),
    ];

    private static readonly FrozenDictionary<string, IntakeCommand> s_byName = s_all.ToFrozenDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<IntakeCommand> All => s_all;

    public static IntakeCommand? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>Begins what a client has sent, or refuses it.</summary>
    public static async ValueTask<CommandRun> BeginAsync(CommandCall call)
    {
        if (Find(call.Text(0)) is not { } command)
        {
            return CommandRun.Done(Refusals.Unknown(call));
        }

        if (command.Arity > 0 ? call.Count != command.Arity : call.Count < -command.Arity)
        {
            return CommandRun.Done(Refusals.WrongCount(command.Name));
        }

        if (call.Session.IsStranger && !command.About.ForStrangers)
        {
            return CommandRun.Done(Refusals.NoKeyShown);
        }

        try
        {
            return await command.BeginAsync(call);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new(Task.FromException<RespReply>(exception), Blocks: false);
        }
    }
}
