using System.Diagnostics;
using Temporalio.Server.Simulation;
using Temporalio.Server.Simulation.Storage;

// However slow the machine: fewer say too little.
const int LeastSeeds = 50;

var arguments = Arguments.Parse(args);
return arguments.Seed is { } seed ? Replay(seed) : Explore();

int Replay(ulong one)
{
    var report = World.Run(one, arguments.Defects, detailed: true);
    Console.WriteLine(Reports.Full(report, arguments));
    return report.Failure is null ? 0 : 1;
}

int Explore()
{
    var clock = Stopwatch.StartNew();
    var total = new Totals();
    for (var i = 0; arguments.Seeds > 0 ? i < arguments.Seeds : i < LeastSeeds || clock.Elapsed < arguments.Time; i++)
    {
        total.Add(World.Run(arguments.First + (ulong)i, arguments.Defects), arguments);
    }

    total.CheckRepeatable(arguments);
    Console.WriteLine(total.Summary(clock.Elapsed));
    return total.Failed == 0 ? 0 : 1;
}
