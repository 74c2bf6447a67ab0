namespace Temporalio.Server.Store.Postgres;

/// <summary>The database cannot be used by this process: in use by another writer, or superseded by one.</summary>
public sealed class StoreUnavailableException(string message) : Exception(message);
