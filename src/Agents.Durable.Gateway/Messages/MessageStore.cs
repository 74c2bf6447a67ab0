using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Records;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Messages;

/// <summary>Stores and reads messages. Times are kept in milliseconds; the answer to a creation shows them as they were given.</summary>
internal sealed class MessageStore(DataContext data, TimeProvider time)
{
    /// <summary>The time between two messages of a batch whose base time was given.</summary>
    private static readonly TimeSpan s_batchStep = TimeSpan.FromMilliseconds(1);

    public async Task<TaskMessage> AddAsync(string taskId, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken) =>
        (await AddAsync(taskId, [content], status, null, cancellationToken))[0];

    /// <summary>Stores messages in this order.</summary>
    /// <param name="createdAt">Of the first one; null for now.</param>
    public async Task<TaskMessage[]> AddAsync(
        string taskId, IReadOnlyList<MessageContent> contents, StreamingStatus? status, DateTimeOffset? createdAt, CancellationToken cancellationToken)
    {
        var answers = new List<TaskMessage>();
        var at = createdAt ?? time.GetUtcNow();
        foreach (var content in contents)
        {
            var row = new MessageRow { Id = ShortId.New(at), TaskId = taskId, Content = content, StreamingStatus = status, CreatedAt = Stored(at), UpdatedAt = Stored(at) };
            data.Messages.Add(row);
            // One statement each: rows of one save are inserted in no promised order, and the ordinals decide among equal times.
            await data.SaveChangesAsync(cancellationToken);
            answers.Add(row.ToWire() with { CreatedAt = at, UpdatedAt = at });
            at = createdAt is null ? time.GetUtcNow() : at + s_batchStep;
        }

        data.ChangeTracker.Clear();
        return [.. answers];
    }

    /// <summary>Replaces a message's content; an absent status leaves the one it has.</summary>
    /// <exception cref="GatewayException">There is no such message in this task.</exception>
    public async Task<TaskMessage> UpdateAsync(string taskId, string id, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken)
    {
        var row = await data.Messages.SingleOrDefaultAsync(row => row.Id == id && row.TaskId == taskId, cancellationToken) ?? throw GatewayException.UnknownId(id);
        row.Content = content;
        row.StreamingStatus = status ?? row.StreamingStatus;
        row.UpdatedAt = Stored(time.GetUtcNow());
        await data.SaveChangesAsync(cancellationToken);
        data.ChangeTracker.Clear();
        return row.ToWire();
    }

    /// <exception cref="GatewayException">There is no such message.</exception>
    public async Task<TaskMessage> GetAsync(string id, CancellationToken cancellationToken) =>
        (await data.Messages.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) ?? throw GatewayException.UnknownId(id)).ToWire();

    private static DateTimeOffset Stored(DateTimeOffset at)
    {
        var utc = at.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
