using System.Text.RegularExpressions;
using Xunit;

namespace Agents.Durable.Data.Tests;

/// <summary>Migrations are applied by their names, once, in the order of their numbers: so a number is given once and a name never changes.</summary>
public sealed partial class MigrationNameTests
{
    [Fact]
    public void Names_OfAllMigrations_HaveANumberOfTheirOwn()
    {
        var names = typeof(Migrator).Assembly.GetManifestResourceNames().Select(name => File().Match(name)).Where(match => match.Success).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(names);
        Assert.Equal([], names.GroupBy(name => name[..4]).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)));
    }

    [GeneratedRegex(@"\.Migrations\.(?<name>\d{4}-[a-z0-9-]+)\.sql$")]
    private static partial Regex File();
}
