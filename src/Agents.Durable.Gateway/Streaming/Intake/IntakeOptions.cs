using System.ComponentModel.DataAnnotations;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>The stream intake for agents that write their live output with Redis commands; section <c>StreamIntake</c>.</summary>
public sealed class IntakeOptions
{
    public const string Section = "StreamIntake";

    /// <summary>
    /// The port, on loopback; -1 for none. <see langword="null"/>, the default, tries 6379, where clients of Redis look, and does without when it is taken.
    /// </summary>
    [Range(-1, 65535)]
    public int? Port { get; set; }

    /// <summary>Clients at the same time. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1000;
}
