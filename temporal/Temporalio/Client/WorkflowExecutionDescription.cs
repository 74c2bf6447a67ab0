using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A workflow as it is described.</summary>
public class WorkflowExecutionDescription : WorkflowExecution
{
    private readonly Lazy<Task<(string? Summary, string? Details)>> _metadata;

    /// <param name="rawDescription">The server's answer.</param>
    /// <param name="dataConverter">Bound to the workflow already.</param>
    protected internal WorkflowExecutionDescription(DescribeWorkflowExecutionResponse rawDescription, DataConverter dataConverter)
        : base(rawDescription.WorkflowExecutionInfo, dataConverter, null)
    {
        RawDescription = rawDescription;
        _metadata = new(() => UserMetadataText.ReadAsync(rawDescription.ExecutionConfig?.UserMetadata, dataConverter));
    }

    internal DescribeWorkflowExecutionResponse RawDescription { get; }

    /// <summary>The summary given at start.</summary>
    public async Task<string?> GetStaticSummaryAsync() => (await _metadata.Value.ConfigureAwait(false)).Summary;

    /// <summary>The details given at start.</summary>
    public async Task<string?> GetStaticDetailsAsync() => (await _metadata.Value.ConfigureAwait(false)).Details;
}
