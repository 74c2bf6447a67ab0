using System.Text.RegularExpressions;
using Xunit;

namespace Agents.Durable.Data.Tests;

/// <summary>Migrations are applied by their names, once, in the order of their numbers: so a number is given once and a name never changes.</summary>
public sealed partial class MigrationNameTests
{
    // Two that were merged on one day; databases know both by these names, and neither needs the other.
    private static readonly string[] s_twins = ["0007-model-costs", "0007-schedules"];

    [Fact]
    public void Names_OfAllMigrations_HaveANumberOfTheirOwn()
    {
        var names = typeof(Migrator).Assembly.GetManifestResourceNames().Select(name => File().Match(name)).Where(match => match.Success).Select(match => match.Groups["name"].Value).ToList();

        Assert.Empty(s_twins.Except(names));
        Assert.Equal([], names.Except(s_twins).Append(s_twins[0]).GroupBy(name => name[..4]).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)));
    }

    [GeneratedRegex(@"\.Migrations\.(?<name>\d{4}-[a-z0-9-]+)\.sql$")]
    private static partial Regex File();
}
