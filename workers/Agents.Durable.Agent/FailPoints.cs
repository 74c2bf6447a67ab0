using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Agents.Durable.Agent;

/// <summary>
/// Places where tests kill this process. <c>AGENTS_FAIL_POINTS=name:n,name:n</c> kills it as by <c>kill -9</c> when the place is passed for the n-th time (from 1);
/// without the variable the places cost two null checks.
/// </summary>
public static class FailPoints
{
    public const string Variable = "AGENTS_FAIL_POINTS";

    public const string MailBeforeCommit = "mail.before_commit";
    public const string MailAfterCommit = "mail.after_commit";
    public const string MailAfterStream = "mail.after_stream";
    public const string ModelBeforeRequest = "model.before_request";
    public const string ModelDuringStream = "model.during_stream";
    public const string ModelBeforeCommit = "model.before_commit";
    public const string ModelAfterCommit = "model.after_commit";
    public const string ModelAfterStream = "model.after_stream";
    public const string ToolAfterIntent = "tool.after_intent";
    public const string ToolAfterEffect = "tool.after_effect";
    public const string ToolAfterCommit = "tool.after_commit";
    public const string ToolAfterStream = "tool.after_stream";
    public const string SkipAfterIntent = "skip.after_intent";
    public const string SkipAfterCommit = "skip.after_commit";
    public const string SkipAfterStream = "skip.after_stream";
    public const string NoticeAfterCommit = "notice.after_commit";
    public const string PostAfterCommit = "post.after_commit";
    public const string SettleAfterCommit = "settle.after_commit";
    public const string AskAfterCommit = "ask.after_commit";
    public const string SayAfterCommit = "say.after_commit";
    public const string SayAfterStream = "say.after_stream";

    private static readonly AsyncLocal<Action<string>?> s_ambient = new();
    private static readonly ConcurrentDictionary<string, StrongCount>? s_armed = Read(Environment.GetEnvironmentVariable(Variable));

    /// <summary>All names, for tests that go through them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MailBeforeCommit, MailAfterCommit, MailAfterStream,
        ModelBeforeRequest, ModelDuringStream, ModelBeforeCommit, ModelAfterCommit, ModelAfterStream,
        ToolAfterIntent, ToolAfterEffect, ToolAfterCommit, ToolAfterStream,
        SkipAfterIntent, SkipAfterCommit, SkipAfterStream, NoticeAfterCommit, PostAfterCommit, SettleAfterCommit,
        AskAfterCommit, SayAfterCommit, SayAfterStream,
    ];

    /// <summary>
    /// Told of every place that the current flow of calls passes, for tests inside the process: a <see cref="CrashException"/> thrown there ends the attempt as
    /// a crash would, because no step handles it.
    /// </summary>
    internal static Action<string>? Ambient
    {
        get => s_ambient.Value;
        set => s_ambient.Value = value;
    }

    /// <summary>Ends the process here, if this is the place and the time.</summary>
    public static void Pass(string name)
    {
        s_ambient.Value?.Invoke(name);
        if (s_armed is not null && s_armed.TryGetValue(name, out var count) && count.Hit())
        {
            // No handler, no flush, no finally: what a power cut would leave.
            Process.GetCurrentProcess().Kill();
        }
    }

    private static ConcurrentDictionary<string, StrongCount>? Read(string? armed)
    {
        if (string.IsNullOrEmpty(armed))
        {
            return null;
        }

        var points = new ConcurrentDictionary<string, StrongCount>(StringComparer.Ordinal);
        foreach (var point in armed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = point.Split(':');
            points[parts[0]] = new StrongCount(parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
        }

        return points;
    }

    private sealed class StrongCount(int at)
    {
        private int _passed;

        public bool Hit() => Interlocked.Increment(ref _passed) == at;
    }
}

/// <summary>An attempt ends here, in a test, as if its process had died.</summary>
internal sealed class CrashException(string place) : Exception(place);
