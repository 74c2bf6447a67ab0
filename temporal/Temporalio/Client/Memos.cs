using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Memos between values and payloads.</summary>
internal static class Memos
{
    /// <exception cref="ArgumentException">A value is null.</exception>
    internal static async Task<Memo?> ToProtoAsync(IReadOnlyDictionary<string, object>? memo, DataConverter converter)
    {
        if (memo is null || memo.Count == 0)
        {
            return null;
        }
        var proto = new Memo();
        foreach (var (name, value) in memo)
        {
            if (value is null)
            {
                throw new ArgumentException($"Memo value for {name} is null", nameof(memo));
            }
            proto.Fields[name] = value is IEncodedRawValue raw ? raw.Payload : await converter.ToPayloadAsync(value).ConfigureAwait(false);
        }
        return proto;
    }

    internal static IReadOnlyDictionary<string, IEncodedRawValue> ToRawValues(Memo? memo, DataConverter converter)
    {
        var values = new Dictionary<string, IEncodedRawValue>();
        foreach (var (name, payload) in memo?.Fields ?? [])
        {
            values[name] = new EncodedRawValue(converter, payload);
        }
        return values;
    }
}
