using System.Globalization;
using System.Text.RegularExpressions;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Integers in texts, as Agentex's validator reads them: underscores between digits and a fraction of zeros are no fault.</summary>
internal static partial class PythonNumbers
{
    public static bool TryParse(string text, out long value)
    {
        value = 0;
        return Form().Match(text.Trim()) is { Success: true } match
            && long.TryParse(match.Groups["whole"].Value.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    [GeneratedRegex(@"^(?<whole>[+-]?[0-9]+(_[0-9]+)*)(\.0*)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
