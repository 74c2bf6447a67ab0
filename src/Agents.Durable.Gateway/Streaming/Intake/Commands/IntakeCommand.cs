using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>One command. It has no state: one object serves all clients.</summary>
/// <param name="arity">The number of arguments, the name among them; negative for "at least".</param>
internal abstract class IntakeCommand(string name, int arity, CommandAbout about)
{
    public string Name => name;

    public int Arity => arity;

    public CommandAbout About => about;

    /// <summary>Begins the command, whose number of arguments is right. The next one begins when this returns, or, if it blocks, when its answer is there.</summary>
    public virtual async ValueTask<CommandRun> BeginAsync(CommandCall call) => new(Task.FromResult(await RunAsync(call)), Blocks: false);

    protected virtual ValueTask<RespReply> RunAsync(CommandCall call) => throw new NotSupportedException($"{name} answers nothing.");
}

/// <summary>A command under way.</summary>
/// <param name="Blocks">It waits for what may never come; meanwhile no other command of the client begins.</param>
internal readonly record struct CommandRun(Task<RespReply> Reply, bool Blocks)
{
    public static CommandRun Done(RespReply reply) => new(Task.FromResult(reply), Blocks: false);
}

/// <summary>What COMMAND tells of a command.</summary>
/// <param name="Flags">Words of Redis: readonly, write, fast, blocking, movablekeys, …</param>
internal sealed record CommandAbout(string Summary, string Since, string Group, params string[] Flags)
{
    /// <summary>Where keys are among the arguments: the first (0 for none), the last (-1 for the end) and the step.</summary>
    public (int First, int Last, int Step) Keys { get; init; }

    /// <summary>May be called before the client has shown its key.</summary>
    public bool ForStrangers { get; init; }
}
