namespace Temporalio.Rpc.Framing;

/// <summary>Binary header values: written without padding, read with or without.</summary>
internal static class Base64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    public static bool TryDecode(string text, out byte[] bytes)
    {
        var trimmed = text.TrimEnd('=');
        bytes = new byte[trimmed.Length * 3 / 4];
        if (!Convert.TryFromBase64String(trimmed.PadRight((trimmed.Length + 3) / 4 * 4, '='), bytes, out var written))
        {
            return false;
        }
        Array.Resize(ref bytes, written);
        return true;
    }
}
