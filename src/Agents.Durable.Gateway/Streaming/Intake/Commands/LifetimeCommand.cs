using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>TTL key</c> and its kin: a stream has no end of its own.</summary>
internal sealed class LifetimeCommand(string name) : KeyCommand(
    name, 2, new("Returns when a key expires (a task's stream does not).", name.EndsWith("TIME", StringComparison.Ordinal) ? "7.0.0" : "1.0.0", "generic", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => new RespInteger(await IsThereAsync(call, 1) ? -1 : -2);
}
