using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Requests;

/// <summary>The JSON body of a request. Everything that is wrong with its form is a 422.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 256 };

    /// <summary>The object that a route takes.</summary>
    /// <exception cref="Errors.ValidationException">There is no body, no JSON, or no object.</exception>
    public static async Task<Fields> ReadObjectAsync(HttpContext context) =>
        await ReadAsync(context, required: true) ?? throw new UnreachableBodyException();

    /// <summary>Null for an empty body or null.</summary>
    /// <inheritdoc cref="ReadObjectAsync"/>
    public static Task<Fields?> ReadOptionalObjectAsync(HttpContext context) => ReadAsync(context, required: false);

    private static async Task<Fields?> ReadAsync(HttpContext context, bool required)
    {
        var problems = new Problems();
        var bytes = await BytesAsync(context);
        if (bytes.Length == 0)
        {
            if (!required)
            {
                return null;
            }

            problems.Add("body", "missing", "Field required");
            problems.ThrowIfAny();
        }

        var json = Parse(context, bytes, problems);
        problems.ThrowIfAny();
        if (!required && json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var fields = Fields.Of(json, "body", problems);
        problems.ThrowIfAny();
        return fields;
    }

    private static JsonElement Parse(HttpContext context, byte[] bytes, Problems problems)
    {
        if (context.Request.ContentType is { Length: > 0 } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add("body", "model_attributes_type", "Input should be a valid dictionary or object to extract fields from; send it as application/json");
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, s_options);
            if (!JsonTexts.AreWhole(bytes, s_options.MaxDepth))
            {
                problems.Add("body", "json_invalid", "JSON decode error: a string is no text, it holds half of a surrogate pair or no UTF-8");
            }

            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            problems.Add("body", "json_invalid", $"JSON decode error: {e.Message}");
            return default;
        }
    }

    /// <summary>The body as it came.</summary>
    public static async Task<byte[]> BytesAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private sealed class UnreachableBodyException() : InvalidOperationException("A required body was neither there nor refused.");
}
