using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>A start with an update of which one part was refused: neither happened.</summary>
internal static class MultiOperationFaults
{
    public static RpcFault StartRefused(RpcFault fault) => Fault(fault, StatusOf(fault), Aborted());

    public static RpcFault UpdateRefused(RpcFault fault) => Fault(fault, Aborted(), StatusOf(fault));

    private static RpcFault Fault(RpcFault cause, params MultiOperationExecutionFailure.Types.OperationStatus[] statuses)
    {
        var failure = new MultiOperationExecutionFailure();
        failure.Statuses.AddRange(statuses);
        return new RpcFault(cause.Code, "Update-with-Start could not be executed.", failure);
    }

    private static MultiOperationExecutionFailure.Types.OperationStatus StatusOf(RpcFault fault)
    {
        var status = new MultiOperationExecutionFailure.Types.OperationStatus { Code = (int)fault.Code, Message = fault.Message };
        status.Details.AddRange(fault.Details);
        return status;
    }

    private static MultiOperationExecutionFailure.Types.OperationStatus Aborted() => new()
    {
        Code = (int)RpcStatusCode.Aborted,
        Message = "Operation was aborted.",
        Details = { Any.Pack(new MultiOperationExecutionAborted()) },
    };
}
