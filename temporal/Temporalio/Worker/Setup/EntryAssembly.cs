using System.Reflection;

namespace Temporalio.Worker.Setup;

/// <summary>What names the program that runs, if nobody names it.</summary>
internal static class EntryAssembly
{
    /// <summary>Changes with every build of the program.</summary>
    public static string BuildId { get; } = (Assembly.GetEntryAssembly() ?? typeof(EntryAssembly).Assembly).ManifestModule.ModuleVersionId.ToString();
}
