using Agents.Durable.Contracts;
using Temporalio.Client;
using Temporalio.Testing;

[assembly: AssemblyFixture(typeof(Agents.Durable.Agent.Tests.React.EngineFixture))]

namespace Agents.Durable.Agent.Tests.React;

/// <summary>An engine in memory for all tests of the assembly.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private WorkflowEnvironment? _environment;

    public ITemporalClient Client => _environment!.Client;

    public async ValueTask InitializeAsync() => _environment = await WorkflowEnvironment.StartLocalAsync(new() { Namespace = AgentWorkflows.Namespace });

    public ValueTask DisposeAsync() => _environment!.DisposeAsync();
}
