namespace Agents.Durable.Contracts;

/// <summary>What a deletion answers.</summary>
public sealed record Deleted(string Id, string Message);

/// <summary>The usual error of the REST routes; <see cref="Code"/> is the HTTP status.</summary>
public sealed record ErrorBody(string Message, int Code, object? Data = null);

/// <summary>A request that does not validate (HTTP 422).</summary>
public sealed record ValidationErrorBody(int StatusCode, string Message, object? Data = null);

/// <summary>Errors of the layers around the routes: unknown paths and methods, authentication.</summary>
public sealed record DetailBody(string Detail);
