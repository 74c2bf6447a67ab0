using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Temporalio.Interop;

/// <summary>What workflows of the other language call.</summary>
internal static class Activities
{
    [Activity]
    public static string Shout(string text) => text.ToUpperInvariant() + "!";

    [Activity]
    public static string Refuse(string why) => throw new ApplicationFailureException(why, "Refused", nonRetryable: true, details: [why, 42]);
}
