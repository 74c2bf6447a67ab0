using Temporalio.Workflows;

namespace Temporalio.Tests.Client;

[Workflow]
public interface IOrder
{
    [WorkflowQuery]
    string Status { get; }

    [WorkflowRun]
    Task<string> RunAsync(string item, int count);

    [WorkflowSignal]
    Task AddAsync(int count);

    [WorkflowQuery]
    int Count(string item);

    [WorkflowUpdate]
    Task<int> SetAsync(int count);
}
