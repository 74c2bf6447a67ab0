using System.Text.Json;
using Temporalio.Client;

namespace Temporalio.Interop;

/// <summary>A client's calls to a workflow that a worker of another language runs.</summary>
internal static class ClientCalls
{
    /// <summary>Answers what came back, as JSON.</summary>
    public static async Task<string> RunAsync(TemporalClient client, string taskQueue)
    {
        var handle = await client.StartWorkflowAsync("conversation", ["hello"], new($"from-csharp-{Guid.NewGuid()}", taskQueue));
        await handle.SignalAsync("say", ["again"]);
        var count = await handle.QueryAsync<int>("count", []);
        var ended = await handle.ExecuteUpdateAsync<string>("end", ["bye"]);
        var said = await handle.GetResultAsync<string[]>();
        return JsonSerializer.Serialize(new { count, ended, said });
    }
}
