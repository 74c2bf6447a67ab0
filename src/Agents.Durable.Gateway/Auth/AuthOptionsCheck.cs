using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Mistakes in the settings of access, told when the process starts instead of at somebody's first request.</summary>
internal sealed class AuthOptionsCheck : IValidateOptions<AuthOptions>
{
    private const int SecretBytes = 32;
    private const int ShortestKey = 16;

    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(AuthOptions options)
    {
        if (options.MasterKey is { Length: > 0 } master)
        {
            if (!IsSecret(master))
            {
                yield return $"{Name(nameof(options.MasterKey))} is not base64 of {SecretBytes} bytes or more: make one with `openssl rand -base64 {SecretBytes}`.";
            }
        }
        else if (options.Mode != AuthMode.Development)
        {
            yield return $"{Name(nameof(options.MasterKey))} is missing: give {SecretBytes} random bytes as base64 (`openssl rand -base64 {SecretBytes}`), the same in all processes.";
        }

        if (options.Jwt.SymmetricKey is { Length: > 0 } shared && !IsSecret(shared))
        {
            yield return $"{Name("Jwt:SymmetricKey")} is not base64 of {SecretBytes} bytes or more.";
        }

        if (options.Jwt.Authority is { Length: > 0 } authority && !(Uri.TryCreate(authority, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            yield return $"{Name("Jwt:Authority")} is no address: give the issuer's, such as https://login.example.com.";
        }

        for (var i = 0; i < options.Keys.Count; i++)
        {
            var key = options.Keys[i];
            if (key.Key.Length < ShortestKey)
            {
                yield return $"{Name($"Keys:{i}:Key")} is shorter than {ShortestKey} characters: somebody would guess it.";
            }

            if (key.Owner.Length == 0)
            {
                yield return $"{Name($"Keys:{i}:Owner")} is missing: whose rows does its holder see?";
            }

            foreach (var role in key.Roles.Where(role => !AccessKeyRoles.All.Contains(role, StringComparer.OrdinalIgnoreCase)))
            {
                yield return $"{Name($"Keys:{i}:Roles")} has '{role}', which is none of {string.Join(", ", AccessKeyRoles.All)}.";
            }
        }
    }

    private static string Name(string option) => $"{AuthOptions.Section}:{option}";

    private static bool IsSecret(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) && count >= SecretBytes;
    }
}
