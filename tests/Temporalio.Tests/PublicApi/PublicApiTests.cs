namespace Temporalio.Tests.PublicApi;

/// <summary>
/// Code written against this SDK has to compile against the official package, and the other way round, so its surface is compared with
/// the official one: what is missing and what is added is a decision, written down in <c>missing.txt</c> and <c>added.txt</c>.
/// </summary>
public class PublicApiTests
{
    private static readonly SortedDictionary<string, SortedSet<string>> s_official =
        Surface.Read(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "PublicApi", "official-surface.txt")));

    private static readonly SortedDictionary<string, SortedSet<string>> s_own =
        Surface.Of(typeof(Temporalio.Client.TemporalClient).Assembly, System.Reflection.Assembly.Load("Temporalio.Testing"));

    [Fact]
    public void OfficialSurface_ComparedWithOurs_MissesOnlyWhatIsApproved() =>
        AssertNone(Unapproved(Differences(s_official, s_own), "missing.txt"));

    [Fact]
    public void OurSurface_ComparedWithOfficial_AddsOnlyWhatIsApproved() =>
        AssertNone(Unapproved(Differences(s_own, s_official), "added.txt"));

    private static void AssertNone(string differences)
    {
        if (differences.Length > 0)
        {
            Assert.Fail(differences);
        }
    }

    private static IEnumerable<string> Differences(
        SortedDictionary<string, SortedSet<string>> all, SortedDictionary<string, SortedSet<string>> known)
    {
        foreach (var (type, members) in all)
        {
            if (!known.TryGetValue(type, out var others))
            {
                yield return type;
                continue;
            }
            foreach (var member in members.Except(others))
            {
                yield return $"{type}: {member}";
            }
        }
    }

    private static string Unapproved(IEnumerable<string> differences, string list)
    {
        var approvals = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "PublicApi", list))
            .Where(l => l.Length > 0 && !l.StartsWith('#')).ToArray();
        return string.Join('\n', differences.Where(d => !approvals.Any(a => Approves(a, d))));
    }

    // A line of the list approves what starts with it, or, after an asterisk, what contains it.
    private static bool Approves(string approval, string difference) =>
        approval.StartsWith('*')
            ? difference.Contains(approval[1..], StringComparison.Ordinal)
            : difference.StartsWith(approval, StringComparison.Ordinal);
}
