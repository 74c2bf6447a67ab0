using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Mailbox;

namespace Agents.Durable.Agent.Steps;

/// <summary>Puts a message of the user's into the mailbox of the task, where it takes its turn among all others.</summary>
internal sealed class PostStep(RunStore store, TimeProvider time)
{
    public async Task<PostFacts> RunAsync(PostRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var content = new TextContent { Author = MessageAuthor.User, Content = request.Text };
        var position = await store.InTransactionAsync(
            connection => TaskMailbox.PostAsync(connection, call.TaskId, request.Key, content, time.GetUtcNow(), cancellationToken), cancellationToken);
        FailPoints.Pass(FailPoints.PostAfterCommit);
        return new PostFacts(position ?? 0);
    }
}
