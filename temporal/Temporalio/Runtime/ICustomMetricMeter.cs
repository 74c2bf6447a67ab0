namespace Temporalio.Runtime;

/// <summary>Takes the metrics of the SDK and of user code. Integers come as <see cref="long"/>, floats as <see cref="double"/>.</summary>
public interface ICustomMetricMeter
{
    ICustomMetricCounter<T> CreateCounter<T>(string name, string? unit, string? description)
        where T : struct;

    ICustomMetricHistogram<T> CreateHistogram<T>(string name, string? unit, string? description)
        where T : struct;

    ICustomMetricGauge<T> CreateGauge<T>(string name, string? unit, string? description)
        where T : struct;

    /// <summary>Makes a set of tags, which is then handed back with values.</summary>
    /// <param name="appendFrom">A set made before, to add to.</param>
    /// <param name="tags">Values are strings, longs, doubles or booleans.</param>
    object CreateTags(object? appendFrom, IReadOnlyCollection<KeyValuePair<string, object>> tags);
}

/// <summary>A metric of a custom meter.</summary>
public interface ICustomMetric<T>
    where T : struct
{
}

/// <inheritdoc/>
public interface ICustomMetricCounter<T> : ICustomMetric<T>
    where T : struct
{
    void Add(T value, object tags);
}

/// <inheritdoc/>
public interface ICustomMetricHistogram<T> : ICustomMetric<T>
    where T : struct
{
    void Record(T value, object tags);
}

/// <inheritdoc/>
public interface ICustomMetricGauge<T> : ICustomMetric<T>
    where T : struct
{
    void Set(T value, object tags);
}
