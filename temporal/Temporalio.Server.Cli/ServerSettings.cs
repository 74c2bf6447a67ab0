using System.Net;
using Microsoft.Extensions.Logging;

namespace Temporalio.Server.Cli;

/// <summary>What the command line asked for.</summary>
internal sealed record ServerSettings
{
    public required IPAddress Address { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary><see langword="null"/>: in memory.</summary>
    public string? DatabaseUrl { get; init; }

    public string DatabaseSchema { get; init; } = "temporal";

    public DynamicConfig DynamicConfig { get; init; } = new();

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    public bool JsonLog { get; init; }
}
