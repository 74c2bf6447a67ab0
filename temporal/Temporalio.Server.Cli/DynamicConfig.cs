namespace Temporalio.Server.Cli;

/// <summary>Those of the official server's dynamic configuration values that mean something here.</summary>
internal sealed record DynamicConfig
{
    public int? SuggestContinueAsNewEvents { get; init; }

    public long? SuggestContinueAsNewBytes { get; init; }

    /// <summary>Reads KEY=VALUE texts; values may be quoted as in JSON. Unknown keys and values that are not numbers are passed over.</summary>
    public static DynamicConfig Parse(IEnumerable<string> values)
    {
        var config = new DynamicConfig();
        foreach (var pair in values.Select(v => v.Split('=', 2)).Where(p => p.Length == 2))
        {
            if (long.TryParse(pair[1].Trim('"'), out var number))
            {
                config = pair[0] switch
                {
                    "limit.historyCount.suggestContinueAsNew" => config with { SuggestContinueAsNewEvents = (int)number },
                    "limit.historySize.suggestContinueAsNew" => config with { SuggestContinueAsNewBytes = number },
                    _ => config,
                };
            }
        }

        return config;
    }

    public TemporalServerOptions Apply(TemporalServerOptions options) => options with
    {
        SuggestContinueAsNewEvents = SuggestContinueAsNewEvents ?? options.SuggestContinueAsNewEvents,
        SuggestContinueAsNewBytes = SuggestContinueAsNewBytes ?? options.SuggestContinueAsNewBytes,
    };
}
