using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Bridge.Api.WorkflowCommands;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What has to happen at the server because of a completed activation.</summary>
internal abstract record CompletionOutcome
{
    private protected CompletionOutcome()
    {
    }

    /// <summary>Nothing: the workflow task goes on.</summary>
    internal sealed record DoNothing : CompletionOutcome
    {
        public static readonly DoNothing Instance = new();
    }

    /// <summary>Nothing, and the task is given up: the server will time it out.</summary>
    internal sealed record DropTask : CompletionOutcome
    {
        public static readonly DropTask Instance = new();
    }

    internal sealed record Complete(
        ByteString Token,
        int Attempt,
        IReadOnlyList<Command> Commands,
        IReadOnlyList<Message> Messages,
        IReadOnlyList<QueryResult> QueryResults,
        WorkflowTaskCompletedMetadata SdkMetadata,
        VersioningBehavior VersioningBehavior,
        bool ForceNewTask) : CompletionOutcome;

    internal sealed record AnswerQuery(ByteString Token, QueryResult Result) : CompletionOutcome;

    internal sealed record Fail(ByteString Token, WorkflowTaskFailedCause Cause, Api.Failure.V1.Failure Failure) : CompletionOutcome;

    internal sealed record FailQuery(ByteString Token, WorkflowTaskFailedCause Cause, Api.Failure.V1.Failure Failure) : CompletionOutcome;
}
