namespace Temporalio.Converters;

/// <summary>Implemented by converters and codecs that depend on what a value belongs to.</summary>
public interface IWithSerializationContext<out T>
{
    /// <summary>A copy for one context, or the same instance.</summary>
    T WithSerializationContext(ISerializationContext context);
}
