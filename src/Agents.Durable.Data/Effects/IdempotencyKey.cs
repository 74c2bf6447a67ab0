using System.Security.Cryptography;
using System.Text;

namespace Agents.Durable.Data.Effects;

/// <summary>The key that a tool's effect goes under at the outside. A function of task and call alone, so that retries, restarts and continued runs use the same one.</summary>
public readonly record struct IdempotencyKey(string Value)
{
    public static IdempotencyKey Of(string taskId, string callId) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{taskId}\n{callId}")).AsSpan(0, 16)));

    public override string ToString() => Value;
}
