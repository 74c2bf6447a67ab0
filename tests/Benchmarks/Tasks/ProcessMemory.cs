using System.Globalization;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>What processes hold in memory, from <c>/proc</c>.</summary>
internal static class ProcessMemory
{
    /// <summary>A process and all that it started, directly or not.</summary>
    public static HashSet<int> Descendants(int root)
    {
        var children = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(Parent);
        var found = new HashSet<int>();
        var open = new Stack<int>([root]);
        while (open.TryPop(out var id))
        {
            if (found.Add(id))
            {
                foreach (var child in children[id])
                {
                    open.Push(child);
                }
            }
        }

        return found;
    }

    /// <summary>Bytes, pages that several share counted in parts.</summary>
    public static long Proportional(int id)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
                .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).FirstOrDefault();
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return 0;
        }
    }

    private static int Parent(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
