using System.ComponentModel.DataAnnotations;
using Agents.Durable.Contracts;

namespace Agents.Durable.Agent.Code;

/// <summary>Where a program with code agents finds the host; section <c>CodeAgents</c> of the configuration.</summary>
public sealed class CodeAgentOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CodeAgents";

    /// <summary>The gateway, where agents make themselves known. Default <c>http://127.0.0.1:5003</c>.</summary>
    [Required]
    public Uri Gateway { get; set; } = new("http://127.0.0.1:5003");

    /// <summary>The engine, as <c>host:port</c>; used where there is no <c>ITemporalClient</c> among the services. Default <c>127.0.0.1:7233</c>.</summary>
    [Required]
    public string Temporal { get; set; } = "127.0.0.1:7233";

    /// <summary>The namespace there, the same as the host's. Default <c>agents</c>.</summary>
    [Required]
    public string Namespace { get; set; } = AgentWorkflows.Namespace;

    /// <summary>A key of the gateway's with the operator's role; none is needed in development mode. Default: none.</summary>
    public string? ApiKey { get; set; }
}
