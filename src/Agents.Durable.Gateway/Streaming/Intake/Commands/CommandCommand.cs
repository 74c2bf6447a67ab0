using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>COMMAND [COUNT | LIST | INFO name … | DOCS name …]</c>: what is served, for clients that complete words or look for keys.</summary>
internal sealed class CommandCommand() : IntakeCommand("COMMAND", -1, new("Returns detailed information about all commands.", "2.8.13", "server"))
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var named = Enumerable.Range(2, Math.Max(0, call.Count - 2)).Select(call.Text).ToList();
        return ValueTask.FromResult(call.Count == 1 ? All() : call.Text(1).ToUpperInvariant() switch
        {
            "COUNT" => call.Count == 2 ? new RespInteger(IntakeCommands.All.Count) : Refusals.WrongCount("command|count"),
            "LIST" => call.Count == 2 ? new RespArray([.. IntakeCommands.All.Select(command => RespReply.Text(Lower(command)))]) : Refusals.Syntax,
            "INFO" => named.Count == 0 ? All() : new RespArray([.. named.Select(name => IntakeCommands.Find(name) is { } command ? Info(command) : RespReply.Null)]),
            "DOCS" => Docs(named.Count == 0 ? IntakeCommands.All : named.Select(IntakeCommands.Find).OfType<IntakeCommand>()),
            _ => Refusals.UnknownSubcommand(call),
        });
    }

    private static RespArray All() => new([.. IntakeCommands.All.Select(Info)]);

    private static RespArray Info(IntakeCommand command)
    {
        var about = command.About;
        string[] categories =
        [
            .. about.Flags.Contains("write") ? ["@write"] : Array.Empty<string>(), .. about.Flags.Contains("readonly") ? ["@read"] : Array.Empty<string>(),
            $"@{(about.Group == "generic" ? "keyspace" : about.Group)}", about.Flags.Contains("fast") ? "@fast" : "@slow", .. about.Flags.Contains("blocking") ? ["@blocking"] : Array.Empty<string>(),
        ];
        return new(
            RespReply.Text(Lower(command)), new RespInteger(command.Arity), RespReply.Statuses(about.Flags),
            new RespInteger(about.Keys.First), new RespInteger(about.Keys.Last), new RespInteger(about.Keys.Step),
            RespReply.Statuses(categories), new RespSet(), new RespSet(), new RespSet());
    }

    private static RespMap Docs(IEnumerable<IntakeCommand> commands) => RespMap.Of(commands.Select(command => (Lower(command), (RespReply)RespMap.Of(
        ("summary", RespReply.Text(command.About.Summary)), ("since", RespReply.Text(command.About.Since)), ("group", RespReply.Text(command.About.Group))))));

    private static string Lower(IntakeCommand command) => command.Name.ToLowerInvariant();
}
