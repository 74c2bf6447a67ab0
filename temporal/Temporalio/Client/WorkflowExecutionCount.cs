using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;

namespace Temporalio.Client;

/// <summary>How many workflows a query finds, and how many of each group if it groups.</summary>
public class WorkflowExecutionCount
{
    protected internal WorkflowExecutionCount(CountWorkflowExecutionsResponse raw)
    {
        Count = raw.Count;
        Groups = [.. raw.Groups.Select(g => new AggregationGroup(g))];
    }

    public long Count { get; }

    public IReadOnlyCollection<AggregationGroup> Groups { get; }

    /// <summary>One group.</summary>
    public class AggregationGroup
    {
        protected internal AggregationGroup(CountWorkflowExecutionsResponse.Types.AggregationGroup raw)
        {
            Count = raw.Count;
            GroupValues = [.. raw.GroupValues.Select(p => SearchAttributePayloads.FromPayload("group", p)?.Value)
                .Where(v => v is not null).Select(v => v!)];
        }

        public long Count { get; }

        public IReadOnlyCollection<object> GroupValues { get; }
    }
}
