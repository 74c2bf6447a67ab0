using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Errors;

/// <summary>A request that does not have the form of its route (HTTP 422).</summary>
internal sealed class ValidationException(IReadOnlyList<Problem> problems) : Exception(Describe(problems))
{
    /// <summary>What came is no JSON at all, so that nothing in it was looked at.</summary>
    public bool IsUnreadable => problems is [{ Type: "json_invalid" }, ..];

    private static string Describe(IReadOnlyList<Problem> problems) =>
        $"{problems.Count} validation error{(problems.Count == 1 ? "" : "s")}: {string.Join("; ", problems.Select(problem => $"{problem.Path}: {problem.Message}"))}";
}
