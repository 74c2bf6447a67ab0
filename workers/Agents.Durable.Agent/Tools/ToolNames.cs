namespace Agents.Durable.Agent.Tools;

/// <summary>Names that providers take: letters, digits, underscores and dashes, at most 64. One that is otherwise, in a list of tools or anywhere in the conversation, makes them refuse every request.</summary>
internal static class ToolNames
{
    private const int Longest = 64;

    public static string Acceptable(string name)
    {
        var cut = name.Length <= Longest ? name : name[..Longest];
        return cut.Length == 0 ? "unnamed" : cut.All(IsPlain) ? cut : string.Concat(cut.Select(c => IsPlain(c) ? c : '_'));
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
