using System.Security.Cryptography;
using System.Text;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Keys in the database: hashed where it is enough to know one again, encrypted where signatures need the key itself.</summary>
internal sealed class Secrets(MasterKey master)
{
    private const int KeyBytes = 32;
    private static readonly byte[] s_purpose = "agent-key-secrets"u8.ToArray();

    /// <summary>A key that nobody guesses.</summary>
    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>What is stored of a key that callers show.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Nonce, tag and ciphertext in one.</summary>
    public async Task<byte[]> EncryptAsync(string secret, CancellationToken cancellationToken)
    {
        using var cipher = await CipherAsync(cancellationToken);
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedBytes = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + plain.Length];
        var (nonce, tag, text) = Parts(sealedBytes);
        RandomNumberGenerator.Fill(nonce.Span);
        cipher.Encrypt(nonce.Span, plain, text.Span, tag.Span);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was encrypted with another master key.</exception>
    public async Task<byte[]> DecryptAsync(byte[] sealedBytes, CancellationToken cancellationToken)
    {
        using var cipher = await CipherAsync(cancellationToken);
        var (nonce, tag, text) = Parts(sealedBytes);
        var plain = new byte[text.Length];
        cipher.Decrypt(nonce.Span, text.Span, tag.Span, plain);
        return plain;
    }

    private async Task<AesGcm> CipherAsync(CancellationToken cancellationToken) =>
        new(HMACSHA256.HashData(await master.GetAsync(cancellationToken), s_purpose), AesGcm.TagByteSizes.MaxSize);

    private static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Text) Parts(byte[] bytes)
    {
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        return (bytes.AsMemory(0, nonce), bytes.AsMemory(nonce, tag), bytes.AsMemory(nonce + tag));
    }
}
