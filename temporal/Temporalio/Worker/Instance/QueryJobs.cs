using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Converters;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>Queries of one run, the two that every run answers included.</summary>
internal sealed class QueryJobs(WorkflowInstance instance)
{
    private const string StackTraceQuery = "__stack_trace";
    private const string MetadataQuery = "__temporal_workflow_metadata";

    public HandlerSet<WorkflowQueryDefinition> Handlers { get; } = new(instance.Definition.Queries, instance.Definition.DynamicQuery);

    public void Apply(QueryWorkflow job) => instance.Queue(() =>
    {
        Bridge.Api.WorkflowCommands.QueryResult result;
        using (instance.BeginReadOnly($"Query handler for {job.QueryType} created workflow commands"))
        {
            try
            {
                result = new() { QueryId = job.QueryId, Succeeded = new() { Response = Answer(job) } };
            }
            catch (Exception e)
            {
                result = new() { QueryId = job.QueryId, Failed = Failure(e) };
            }
        }

        instance.AddCommand(new() { RespondToQuery = result });
        return Task.CompletedTask;
    });

    private Api.Failure.V1.Failure Failure(Exception e)
    {
        try
        {
            return instance.ToFailure(e);
        }
        catch (Exception unwritable)
        {
            return PlainFailure.Of(unwritable);
        }
    }

    private Payload Answer(QueryWorkflow job)
    {
        switch (job.QueryType)
        {
            // User interfaces read these, so they are always in the default format.
            case StackTraceQuery:
                return DataConverter.Default.PayloadConverter.ToPayload(instance.Traces.Describe());
            case MetadataQuery:
                return DataConverter.Default.PayloadConverter.ToPayload(WorkflowMetadataReader.Read(instance));
        }

        var definition = Handlers.Find(job.QueryType) ?? throw new InvalidOperationException(
            $"Query handler for {job.QueryType} expected but not found, known queries: [{Handlers.KnownNames()}]");
        object?[] arguments = definition.Dynamic
            ? [job.QueryType, ArgumentDecoder.Raw(job.Arguments)]
            : ArgumentDecoder.Decode(instance.PayloadConverter, definition.Parameters, job.Arguments);
        var result = instance.Inbound.HandleQuery(new(job.QueryId, job.QueryType, definition, arguments, job.Headers));
        return instance.PayloadConverter.ToPayload(result);
    }
}
