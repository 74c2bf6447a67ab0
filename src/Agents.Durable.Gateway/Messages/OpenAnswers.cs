using System.Collections.Concurrent;
using Agents.Durable.Gateway.Presence;

namespace Agents.Durable.Gateway.Messages;

/// <summary>The messages that this gateway is being told by synchronous agents; their rows carry its id.</summary>
internal sealed class OpenAnswers(GatewayPresence presence)
{
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>This gateway, as the rows name it.</summary>
    public string Writer => presence.Id;

    public bool IsOpen(string messageId) => _open.ContainsKey(messageId);

    /// <summary>Notes a message, before it is stored.</summary>
    public void Open(string messageId) => _open[messageId] = true;

    /// <summary>Nothing more will be written to the message by this gateway.</summary>
    public void Close(string messageId) => _open.TryRemove(messageId, out _);
}
