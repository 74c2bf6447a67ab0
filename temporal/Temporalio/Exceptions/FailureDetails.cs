using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>The details of a failure, whichever side they come from.</summary>
public interface IFailureDetails
{
    int Count { get; }

    /// <summary>The detail at an index as <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such detail.</exception>
    T ElementAt<T>(int index);
}

/// <summary>Details that came in with a failure, still serialised.</summary>
public record InboundFailureDetails(IPayloadConverter Converter, IReadOnlyCollection<Payload> Payloads) : IFailureDetails
{
    public int Count => Payloads.Count;

    public T ElementAt<T>(int index) => Converter.ToValue<T>(Payloads.ElementAt(index));
}

/// <summary>Details of an exception created here.</summary>
public record OutboundFailureDetails(IReadOnlyCollection<object?> Details) : IFailureDetails
{
    public int Count => Details.Count;

    public T ElementAt<T>(int index) => (T)Details.ElementAt(index)!;
}
