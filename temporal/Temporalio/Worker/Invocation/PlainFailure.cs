using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Worker.Invocation;

/// <summary>An exception as a failure when the user's own converter could not make one.</summary>
internal static class PlainFailure
{
    /// <summary>Never throws for what the exception carries: what the default converter cannot write is reduced to its message.</summary>
    public static Failure Of(Exception e)
    {
        try
        {
            return DataConverter.Default.FailureConverter.ToFailure(e, DataConverter.Default.PayloadConverter);
        }
        catch (Exception)
        {
            return new() { Message = e.Message, ApplicationFailureInfo = new() { Type = e.GetType().Name } };
        }
    }
}
