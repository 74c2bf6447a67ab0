namespace Agents.Durable.Gateway.Errors;

/// <summary>A request that cannot be served as it is; the message is part of the contract and goes to the caller.</summary>
internal sealed class GatewayException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static GatewayException BadRequest(string message) => new(400, message);

    public static GatewayException Unstorable() => BadRequest("The request contains the character U+0000, which cannot be stored.");

    /// <summary>What must be there once is there already.</summary>
    public static GatewayException Taken() => BadRequest("Item already exists. Please check all unique constraints and try again.");

    /// <summary>Where no row is, or one of another owner.</summary>
    public static GatewayException UnknownId(string id) => new(404, $"Item with id '{id}' does not exist.");

    public static GatewayException UnknownName(string name) => new(404, $"Item with name '{name}' does not exist.");

    /// <summary>Where a row is, but deleted.</summary>
    public static GatewayException Gone(string kind, string idOrName) => new(404, $"{kind} {idOrName} not found");
}
