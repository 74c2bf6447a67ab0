using Google.Protobuf;
using Temporalio.Rpc.Framing;
using Temporalio.Rpc.Server;

namespace Temporalio.Rpc.InProcess;

/// <summary>
/// Hands requests and answers over as objects: no serialising, no compression, no HTTP. Deadlines, cancellation, status with details,
/// metadata and size limits hold as they do on the wire.
/// </summary>
/// <param name="router">The server.</param>
/// <param name="serialise">Pass copies, as the wire would: under simulation this shows when one side keeps what it has given away.</param>
public sealed class InProcessRpcInvoker(RpcRouter router, RpcServerLimits? limits = null, TimeProvider? timeProvider = null, bool serialise = false)
    : IRpcInvoker
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private readonly RpcServerLimits _limits = limits ?? new RpcServerLimits();
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    public async Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        if (!router.TryFind(method.Path, out var served, out var handler))
        {
            throw router.Unknown(method.Path);
        }
        MessageFrame.ThrowIfTooLarge(request.CalculateSize(), _limits.MaxReceiveSize);
        var message = serialise ? method.Descriptor.InputType.Parser.ParseFrom(request.ToByteArray()) : request;
        using var deadline = options.Timeout is { } timeout ? new CancellationTokenSource(timeout, _time) : null;
        using var linked = deadline is null ? null : CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, deadline.Token);
        var context = new RpcContext
        {
            Method = served,
            Metadata = options.Metadata,
            BinaryMetadata = options.BinaryMetadata,
            Deadline = options.Timeout is { } t ? _time.GetUtcNow() + t : null,
            CancellationToken = linked?.Token ?? options.CancellationToken,
            InProcess = true,
        };
        try
        {
            return Answer(method, await AnsweredAsync(handler(message, context), context.CancellationToken));
        }
        catch (OperationCanceledException) when (options.CancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The call of {method.Name} was cancelled.", options.CancellationToken);
        }
        catch (OperationCanceledException e) when (deadline?.IsCancellationRequested == true)
        {
            throw new RpcFault(RpcStatusCode.DeadlineExceeded, $"{method.Name} was not answered within {options.Timeout}", e);
        }
        catch (Exception e) when (e is not (RpcFault or OperationCanceledException))
        {
            throw new RpcFault(RpcStatusCode.Internal, $"{method.Name} failed: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // An answer that races with the caller's leaving is still delivered, so no matched task is lost here; only a handler that does not
    // react to its token is left behind.
    private async ValueTask<RpcReply> AnsweredAsync(ValueTask<RpcReply> pending, CancellationToken token)
    {
        if (pending.IsCompleted || !token.CanBeCanceled)
        {
            return await pending;
        }
        var task = pending.AsTask();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), left);
        if (await Task.WhenAny(task, left.Task) != task)
        {
            try
            {
                return await task.WaitAsync(s_grace, _time, CancellationToken.None);
            }
            catch (TimeoutException e)
            {
                throw new OperationCanceledException("The handler did not react to the end of its call.", e, token);
            }
        }
        return await task;
    }

    private IMessage Answer(RpcMethod method, RpcReply reply)
    {
        if (!serialise)
        {
            if (reply.Raw is { } raw)
            {
                reply.Message.MergeFrom(MessageFrame.RawBytes(raw));
            }
            return reply.Message;
        }
        var (frame, _) = MessageFrame.Encode(reply.Message, reply.Raw, int.MaxValue);
        return method.Descriptor.OutputType.Parser.ParseFrom(frame, MessageFrame.HeaderSize, frame.Length - MessageFrame.HeaderSize);
    }
}
