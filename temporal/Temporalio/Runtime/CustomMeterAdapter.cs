using Temporalio.Common;

namespace Temporalio.Runtime;

/// <summary>Gives a custom meter the face of the SDK's own, and its values the three types that a custom meter takes.</summary>
internal sealed class CustomMeterAdapter : MetricMeter
{
    private readonly ICustomMetricMeter _meter;
    private readonly CustomMetricMeterOptions.DurationFormat _durations;
    private readonly object _tags;

    private CustomMeterAdapter(ICustomMetricMeter meter, CustomMetricMeterOptions.DurationFormat durations, object tags)
    {
        _meter = meter;
        _durations = durations;
        _tags = tags;
    }

    internal static CustomMeterAdapter Create(ICustomMetricMeter meter, MetricsOptions options)
    {
        var tags = new List<KeyValuePair<string, object>>();
        if (options.AttachServiceName)
        {
            tags.Add(new("service_name", "temporal-core-sdk"));
        }
        foreach (var (name, value) in options.GlobalTags ?? [])
        {
            tags.Add(new(name, value));
        }
        return new(
            meter,
            options.CustomMetricMeterOptions?.HistogramDurationFormat ?? CustomMetricMeterOptions.DurationFormat.IntegerMilliseconds,
            meter.CreateTags(null, tags));
    }

    public override MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
    {
        RequireInteger<T>("counter");
        return new Counter<T>(_meter, _meter.CreateCounter<long>(name, unit, description), _tags, name, unit, description);
    }

    public override MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
    {
        Action<T, object> record;
        if (typeof(T) == typeof(TimeSpan))
        {
            record = Durations<T>(name, unit, description);
        }
        else if (IsInteger<T>())
        {
            var histogram = _meter.CreateHistogram<long>(name, unit, description);
            record = (value, tags) => histogram.Record(Convert.ToInt64(value), tags);
        }
        else
        {
            RequireFloat<T>("histogram");
            var histogram = _meter.CreateHistogram<double>(name, unit, description);
            record = (value, tags) => histogram.Record(Convert.ToDouble(value), tags);
        }
        return new Histogram<T>(_meter, record, _tags, name, unit, description);
    }

    public override MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
    {
        Action<T, object> set;
        if (IsInteger<T>())
        {
            var gauge = _meter.CreateGauge<long>(name, unit, description);
            set = (value, tags) => gauge.Set(Convert.ToInt64(value), tags);
        }
        else
        {
            RequireFloat<T>("gauge");
            var gauge = _meter.CreateGauge<double>(name, unit, description);
            set = (value, tags) => gauge.Set(Convert.ToDouble(value), tags);
        }
        return new Gauge<T>(_meter, set, _tags, name, unit, description);
    }

    public override MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
        new CustomMeterAdapter(_meter, _durations, _meter.CreateTags(_tags, [.. tags]));

    private Action<T, object> Durations<T>(string name, string? unit, string? description)
        where T : struct
    {
        switch (_durations)
        {
            case CustomMetricMeterOptions.DurationFormat.TimeSpan:
                var spans = _meter.CreateHistogram<TimeSpan>(name, unit ?? "duration", description);
                return (value, tags) => spans.Record((TimeSpan)(object)value, tags);
            case CustomMetricMeterOptions.DurationFormat.FloatSeconds:
                var seconds = _meter.CreateHistogram<double>(name, unit ?? "s", description);
                return (value, tags) => seconds.Record(((TimeSpan)(object)value).TotalSeconds, tags);
            default:
                var milliseconds = _meter.CreateHistogram<long>(name, unit ?? "ms", description);
                return (value, tags) => milliseconds.Record((long)((TimeSpan)(object)value).TotalMilliseconds, tags);
        }
    }

    private static bool IsInteger<T>() =>
        typeof(T) == typeof(byte) || typeof(T) == typeof(short) || typeof(T) == typeof(ushort) || typeof(T) == typeof(int)
        || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong);

    private static void RequireInteger<T>(string kind)
    {
        if (!IsInteger<T>())
        {
            throw new ArgumentException($"A {kind} cannot be of {typeof(T)}");
        }
    }

    private static void RequireFloat<T>(string kind)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            throw new ArgumentException($"A {kind} cannot be of {typeof(T)}");
        }
    }

    private static object With(ICustomMetricMeter meter, object tags, IEnumerable<KeyValuePair<string, object>>? extra) =>
        extra is null ? tags : meter.CreateTags(tags, [.. extra]);

    private static void RequirePositive<T>(T value)
        where T : struct
    {
        if (Comparer<T>.Default.Compare(value, default) < 0)
        {
            throw new ArgumentException("Values of metrics cannot be negative", nameof(value));
        }
    }

    private sealed class Counter<T>(
        ICustomMetricMeter meter, ICustomMetricCounter<long> counter, object tags, string name, string? unit, string? description)
        : MetricCounter<T>(name, unit, description)
        where T : struct
    {
        public override void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            RequirePositive(value);
            counter.Add(Convert.ToInt64(value), With(meter, tags, extraTags));
        }

        public override MetricCounter<T> WithTags(IEnumerable<KeyValuePair<string, object>> more) =>
            new Counter<T>(meter, counter, With(meter, tags, more), Name, Unit, Description);
    }

    private sealed class Histogram<T>(
        ICustomMetricMeter meter, Action<T, object> record, object tags, string name, string? unit, string? description)
        : MetricHistogram<T>(name, unit, description)
        where T : struct
    {
        public override void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            RequirePositive(value);
            record(value, With(meter, tags, extraTags));
        }

        public override MetricHistogram<T> WithTags(IEnumerable<KeyValuePair<string, object>> more) =>
            new Histogram<T>(meter, record, With(meter, tags, more), Name, Unit, Description);
    }

    private sealed class Gauge<T>(
        ICustomMetricMeter meter, Action<T, object> set, object tags, string name, string? unit, string? description)
        : MetricGauge<T>(name, unit, description)
        where T : struct
    {
        public override void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            RequirePositive(value);
            set(value, With(meter, tags, extraTags));
        }

        public override MetricGauge<T> WithTags(IEnumerable<KeyValuePair<string, object>> more) =>
            new Gauge<T>(meter, set, With(meter, tags, more), Name, Unit, Description);
    }
}
