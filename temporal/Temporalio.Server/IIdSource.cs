namespace Temporalio.Server;

/// <summary>Where ids and chance come from. Under simulation both follow from the seed.</summary>
public interface IIdSource
{
    /// <summary>A fresh id in the form of a UUID: run ids, request ids.</summary>
    string NewId();

    /// <summary>A number in [0, 1), for jitter.</summary>
    double NextFraction();
}

/// <summary>Ids and chance of a server that is not simulated.</summary>
public sealed class RandomIdSource : IIdSource
{
    /// <inheritdoc/>
    public string NewId() => Guid.NewGuid().ToString();

    /// <inheritdoc/>
    public double NextFraction() => Random.Shared.NextDouble();
}
