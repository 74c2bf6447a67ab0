using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Exceptions;

namespace Temporalio.Converters;

/// <summary>Exceptions of .NET and of this SDK to failures and back.</summary>
public class DefaultFailureConverter : IFailureConverter
{
    public DefaultFailureConverter()
        : this(new DefaultFailureConverterOptions())
    {
    }

    protected DefaultFailureConverter(DefaultFailureConverterOptions options) => Options = options;

    public DefaultFailureConverterOptions Options { get; }

    public virtual Failure ToFailure(Exception exception, IPayloadConverter payloadConverter)
    {
        // What came in as a failure goes out as it came, whoever wrote it.
        if (exception is FailureException { Failure: { } original })
        {
            return original.Clone();
        }
        var failure = new Failure { Message = exception.Message, StackTrace = exception.StackTrace ?? "" };
        if (exception.InnerException is { } inner)
        {
            failure.Cause = ToFailure(inner, payloadConverter);
        }
        if (Options.EncodeCommonAttributes)
        {
            failure.EncodedAttributes = payloadConverter.ToPayload(new Dictionary<string, string>
            {
                ["message"] = failure.Message,
                ["stack_trace"] = failure.StackTrace,
            });
            failure.Message = "Encoded failure";
            failure.StackTrace = "";
        }
        switch (exception)
        {
            case ApplicationFailureException application:
                failure.ApplicationFailureInfo = new()
                {
                    Type = application.ErrorType ?? "",
                    NonRetryable = application.NonRetryable,
                    Details = ToPayloads(application.Details, payloadConverter),
                    NextRetryDelay = application.NextRetryDelay is { } delay ? Duration.FromTimeSpan(delay) : null,
                    Category = application.Category,
                };
                break;
            case CanceledFailureException canceled:
                failure.CanceledFailureInfo = new() { Details = ToPayloads(canceled.Details, payloadConverter) };
                break;
            case OperationCanceledException:
                failure.CanceledFailureInfo = new();
                break;
            default:
                failure.ApplicationFailureInfo = new() { Type = exception.GetType().Name };
                break;
        }
        return failure;
    }

    public virtual Exception ToException(Failure failure, IPayloadConverter payloadConverter)
    {
        if (failure.EncodedAttributes is { } encoded)
        {
            failure = WithCommonAttributes(failure, encoded, payloadConverter);
        }
        var inner = failure.Cause is null ? null : ToException(failure.Cause, payloadConverter);
        return failure.FailureInfoCase switch
        {
            Failure.FailureInfoOneofCase.ApplicationFailureInfo or Failure.FailureInfoOneofCase.ResetWorkflowFailureInfo =>
                new ApplicationFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TimeoutFailureInfo => new TimeoutFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.CanceledFailureInfo => new CanceledFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TerminatedFailureInfo => new TerminatedFailureException(failure, inner, null),
            Failure.FailureInfoOneofCase.ServerFailureInfo => new ServerFailureException(failure, inner),
            Failure.FailureInfoOneofCase.ActivityFailureInfo => new ActivityFailureException(failure, inner),
            Failure.FailureInfoOneofCase.ChildWorkflowExecutionFailureInfo => new ChildWorkflowFailureException(failure, inner),
            Failure.FailureInfoOneofCase.NexusOperationExecutionFailureInfo => new NexusOperationFailureException(failure, inner),
            _ => new FailureException(failure, inner),
        };
    }

    private static Payloads? ToPayloads(IFailureDetails details, IPayloadConverter converter) => details switch
    {
        { Count: 0 } => null,
        OutboundFailureDetails outbound => new() { Payloads_ = { converter.ToPayloads(outbound.Details) } },
        InboundFailureDetails inbound => new() { Payloads_ = { inbound.Payloads } },
        _ => throw new ArgumentException($"Unknown kind of failure details: {details.GetType()}", nameof(details)),
    };

    private static Failure WithCommonAttributes(Failure failure, Payload encoded, IPayloadConverter converter)
    {
        Dictionary<string, string?>? attributes;
        try
        {
            attributes = converter.ToValue<Dictionary<string, string?>?>(encoded);
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            // Another SDK's or another key's attributes: the failure stays what it is, unreadable message included.
            return failure;
        }
        failure = failure.Clone();
        if (attributes?.GetValueOrDefault("message") is { } message)
        {
            failure.Message = message;
        }
        if (attributes?.GetValueOrDefault("stack_trace") is { } stackTrace)
        {
            failure.StackTrace = stackTrace;
        }
        return failure;
    }

    /// <summary>Keeps message and stack trace in a payload.</summary>
    public class WithEncodedCommonAttributes : DefaultFailureConverter
    {
        public WithEncodedCommonAttributes()
            : base(new DefaultFailureConverterOptions { EncodeCommonAttributes = true })
        {
        }
    }
}
