using Temporalio.Rpc;

namespace Temporalio.Exceptions;

/// <summary>A call to the server failed.</summary>
public class RpcException : TemporalException
{
    public RpcException(StatusCode code, string message, byte[]? rawStatus)
        : base(message)
    {
        Code = code;
        RawStatus = rawStatus;
        GrpcStatus = new(() => RawStatus is null ? null : Google.Rpc.Status.Parser.ParseFrom(RawStatus));
    }

    internal RpcException(RpcFault fault)
        : base(fault.Message, fault.InnerException)
    {
        Code = (StatusCode)(int)fault.Code;
        var status = fault.ToStatus();
        RawStatus = Google.Protobuf.MessageExtensions.ToByteArray(status);
        GrpcStatus = new(() => status);
    }

    /// <summary>gRPC status codes, numbered as on the wire.</summary>
    public enum StatusCode
    {
        OK = 0,
        Cancelled = 1,
        Unknown = 2,
        InvalidArgument = 3,
        DeadlineExceeded = 4,
        NotFound = 5,
        AlreadyExists = 6,
        PermissionDenied = 7,
        ResourceExhausted = 8,
        FailedPrecondition = 9,
        Aborted = 10,
        OutOfRange = 11,
        Unimplemented = 12,
        Internal = 13,
        Unavailable = 14,
        DataLoss = 15,
        Unauthenticated = 16,
    }

    public StatusCode Code { get; }

    /// <summary>The serialised <c>google.rpc.Status</c>, if the server sent one.</summary>
    public byte[]? RawStatus { get; }

    public Lazy<Google.Rpc.Status?> GrpcStatus { get; }

    /// <summary>The status's detail if it is the only one and of this type; several leave open which of them is meant.</summary>
    internal T? SingleDetail<T>()
        where T : class, Google.Protobuf.IMessage<T>, new() =>
        GrpcStatus.Value is { Details: [var detail] } && detail.TryUnpack<T>(out var message) ? message : null;
}
