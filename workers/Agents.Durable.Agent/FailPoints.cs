using Agents.Durable.Data;

namespace Agents.Durable.Agent;

/// <summary>Places in steps where tests kill this process (see <see cref="KillPoints"/>), or end an attempt inside it.</summary>
public static class FailPoints
{
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
        KillPoints.Pass(name);
    }
}

/// <summary>An attempt ends here, in a test, as if its process had died.</summary>
internal sealed class CrashException(string place) : Exception(place);
