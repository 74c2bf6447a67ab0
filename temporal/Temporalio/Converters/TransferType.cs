using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Converters;

/// <summary>Converts a type to another one for the wire, when the type itself does not serialise well.</summary>
public interface ITemporalTransferTypeConverter
{
    Type TransferType { get; }

    object? ToTransferType(object value);

    object? FromTransferType(object? transferType);
}

/// <summary>Names the converter of a type whose values travel as another type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Enum, Inherited = false)]
public sealed class TemporalTransferTypeConverterAttribute(Type converterType) : Attribute
{
    /// <summary>Implements <see cref="ITemporalTransferTypeConverter"/> and has a public parameterless constructor.</summary>
    public Type ConverterType { get; } = converterType;
}

internal static class TransferType
{
    private static readonly ConcurrentDictionary<Type, ITemporalTransferTypeConverter?> s_converters = new();

    internal static ITemporalTransferTypeConverter? Of(Type type) => s_converters.GetOrAdd(type, static t =>
        t.GetCustomAttribute<TemporalTransferTypeConverterAttribute>(inherit: false) is { } attribute
            ? (ITemporalTransferTypeConverter)Activator.CreateInstance(attribute.ConverterType)!
            : null);
}
