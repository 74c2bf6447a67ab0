using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Google.Protobuf.Reflection;
using Temporalio.Api.WorkflowService.V1;

namespace Agents.Durable.Host;

/// <summary>
/// What a process does only once, done while it waits for PostgreSQL: the descriptors of the engine's messages, and what the contracts' JSON is written and read with.
/// The first request would wait for it: 50 ms of the first word that an agent streams. Nothing depends on it.
/// </summary>
internal static class Rehearsal
{
    private const string Task = """{"id":"","status":"RUNNING","created_at":"2000-01-01T00:00:00Z","updated_at":"2000-01-01T00:00:00Z"}""";

    private static readonly string[] s_updates =
    [
        """{"type":"start","index":0,"content":{"type":"text","author":"agent","content":""}}""",
        """{"type":"delta","index":0,"delta":{"type":"text","text_delta":""},"parent_task_message":null}""",
        """{"type":"full","index":0,"content":{"type":"tool_request","author":"agent","tool_call_id":"","name":"","arguments":{}}}""",
        """{"type":"done","index":0}""",
    ];

    public static Task BeginAsync() => System.Threading.Tasks.Task.Run(() =>
    {
        foreach (var json in s_updates)
        {
            var update = Wire.FromJson<TaskMessageUpdate>(json);
            _ = Wire.ToUtf8(update);
            _ = Wire.ToUtf8(new RpcResponse<TaskMessageUpdate> { Result = update });
        }

        var task = Wire.FromJson<AgentTask>(Task);
        _ = Wire.ToUtf8(new RpcResponse<AgentTask> { Result = task });
        _ = Wire.ToUtf8<TaskStreamFrame>(new TaskUpdated(task));
        Visit(DescribeNamespaceRequest.Descriptor.File, []);
    });

    private static void Visit(FileDescriptor file, HashSet<string> seen)
    {
        if (seen.Add(file.Name))
        {
            foreach (var other in file.Dependencies)
            {
                Visit(other, seen);
            }
        }
    }
}
