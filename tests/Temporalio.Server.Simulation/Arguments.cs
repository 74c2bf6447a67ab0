using System.Security.Cryptography;
using Temporalio.Server.Simulation.Storage;

namespace Temporalio.Server.Simulation;

/// <summary><c>[--seed S | --seeds N --first S --time SECONDS] [--defect NAME]</c></summary>
internal sealed record Arguments
{
    /// <summary>The one seed to run again.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many seeds to run; 0 for as many as the time allows, and 50 at least.</summary>
    public int Seeds { get; init; }

    /// <summary>The first seed; by default one that nobody has seen.</summary>
    public ulong First { get; init; } = (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue) << 16;

    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    public Defects Defects { get; init; }

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            parsed = args[i] switch
            {
                "--seed" => parsed with { Seed = ulong.Parse(value) },
                "--seeds" => parsed with { Seeds = int.Parse(value) },
                "--first" => parsed with { First = ulong.Parse(value) },
                "--time" => parsed with { Time = TimeSpan.FromSeconds(double.Parse(value)) },
                "--defect" => parsed with { Defects = parsed.Defects | Enum.Parse<Defects>(value, ignoreCase: true) },
                _ => throw new ArgumentException($"{args[i]} is not known."),
            };
        }

        return parsed;
    }

    /// <summary>The command that runs one seed again.</summary>
    public string Command(ulong seed) =>
        $"dotnet run -c Release --project tests/Temporalio.Server.Simulation -- --seed {seed}{(Defects == Defects.None ? "" : $" --defect {Defects}")}";
}
