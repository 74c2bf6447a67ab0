using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Client.Calls;

/// <summary>Arguments and headers in requests, left out where there are none.</summary>
internal static class Arguments
{
    internal static async Task<Payloads?> ToPayloadsAsync(DataConverter converter, IReadOnlyCollection<object?>? args) =>
        args is null || args.Count == 0
            ? null
            : new() { Payloads_ = { await converter.ToPayloadsAsync(args).ConfigureAwait(false) } };

    internal static Header? ToHeader(IDictionary<string, Payload>? headers) =>
        headers is null || headers.Count == 0 ? null : new() { Fields = { headers } };
}
