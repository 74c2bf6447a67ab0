using Temporalio.Api.Sdk.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Summary and details for people, which go through the data converter like any value.</summary>
internal static class UserMetadataText
{
    internal static async Task<UserMetadata?> WriteAsync(string? summary, string? details, DataConverter converter) =>
        summary is null && details is null
            ? null
            : new()
            {
                Summary = summary is null ? null : await converter.ToPayloadAsync(summary).ConfigureAwait(false),
                Details = details is null ? null : await converter.ToPayloadAsync(details).ConfigureAwait(false),
            };

    internal static async Task<(string? Summary, string? Details)> ReadAsync(UserMetadata? metadata, DataConverter converter) =>
    (
        metadata?.Summary is { } summary ? await converter.ToValueAsync<string>(summary).ConfigureAwait(false) : null,
        metadata?.Details is { } details ? await converter.ToValueAsync<string>(details).ConfigureAwait(false) : null);
}
