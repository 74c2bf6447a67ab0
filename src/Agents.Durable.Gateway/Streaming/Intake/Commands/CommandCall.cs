using System.Globalization;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>One command of one client.</summary>
/// <param name="Arguments">The command's name first.</param>
/// <param name="Aborted">The client is gone, or this process has stopped: nobody takes an answer any more.</param>
/// <param name="Leaving">The same, and also that this process begins to stop: nothing is begun, and nothing waited for.</param>
internal sealed record CommandCall(IntakeSession Session, byte[][] Arguments, CancellationToken Aborted, CancellationToken Leaving)
{
    public IntakeServices Services => Session.Services;

    public int Count => Arguments.Length;

    public string Text(int index) => Encoding.UTF8.GetString(Arguments[index]);

    /// <summary>Whether there is such an argument and it is this word, in any case.</summary>
    public bool Is(int index, string word) => index < Count && Text(index).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a whole number.</summary>
    public bool TryNumber(int index, out long number)
    {
        number = 0;
        return index < Count && long.TryParse(Text(index), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
