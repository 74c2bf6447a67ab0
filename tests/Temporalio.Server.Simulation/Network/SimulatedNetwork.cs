using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;

namespace Temporalio.Server.Simulation.Network;

/// <summary>
/// Carries calls to whichever server is up: late, not at all, or without bringing back the answer. Both sides get copies, as from a socket.
/// </summary>
internal sealed class SimulatedNetwork(Simulator simulator, SimulatedProcess wire, FaultPlan faults)
{
    private static readonly ServiceDescriptor s_service = StartWorkflowExecutionRequest.Descriptor.File.Services.Single(s => s.Name == "WorkflowService");
    private static readonly Dictionary<string, RpcMethod> s_methods = s_service.Methods.ToDictionary(m => m.InputType.Name, m => new RpcMethod(m));

    /// <summary>Where calls go now; <see langword="null"/> while no server is up.</summary>
    public Func<SimulatedServer?> Route { get; set; } = () => null;

    public int Calls { get; private set; }

    public int LostAnswers { get; private set; }

    /// <summary>A call from a worker inside the server's process: nothing lies between, and it dies with the server.</summary>
    public async Task<TResponse> CallInsideAsync<TResponse>(SimulatedServer server, IMessage request, TimeSpan timeout)
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Open(request, timeout, inProcess: true);
        Serve(server, call, answered: answer => call.Complete(answer));
        return (TResponse)await call.Answer;
    }

    /// <summary>A call over the wire.</summary>
    /// <exception cref="RpcFault">What the server answered, or UNAVAILABLE and DEADLINE_EXCEEDED, after which nobody knows what it did.</exception>
    public async Task<TResponse> CallAsync<TResponse>(SimulatedProcess caller, IMessage request, TimeSpan timeout)
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Open(request, timeout, inProcess: false);
        await using var deadline = wire.Time.CreateTimer(
            static c => ((SimulatedCall)c!).Abandon(new RpcFault(RpcStatusCode.DeadlineExceeded, "The caller's time was up.")), call, timeout, Timeout.InfiniteTimeSpan);
        if (faults.DropsRequest())
        {
            After(faults.Latency(), call.Break);
        }
        else
        {
            After(faults.Latency(), () => Arrive(call));
        }

        return (TResponse)await call.Answer;
    }

    private SimulatedCall Open(IMessage request, TimeSpan timeout, bool inProcess)
    {
        Calls++;
        var method = s_methods[request.Descriptor.Name];
        return new SimulatedCall(method.Descriptor.InputType.Parser.ParseFrom(request.ToByteArray()), method, wire.Time.GetUtcNow() + timeout, inProcess);
    }

    private void Arrive(SimulatedCall call)
    {
        if (Route() is not { IsReady: true } server)
        {
            call.Break();
            return;
        }

        Serve(server, call, answer =>
        {
            if (faults.DropsAnswer())
            {
                LostAnswers++;
                simulator.Note($"the answer to {call.Method.Name} is lost");
                After(faults.Latency(), call.Break);
            }
            else
            {
                After(faults.Latency(), () => call.Complete(answer));
            }
        });
    }

    private void Serve(SimulatedServer server, SimulatedCall call, Action<IMessage> answered)
    {
        server.Enter(call);
        server.Process.Post(_ => _ = ServeAsync(server, call, answered), null);
    }

    private async Task ServeAsync(SimulatedServer server, SimulatedCall call, Action<IMessage> answered)
    {
        try
        {
            if (!server.Server.Router.TryFind(call.Method.Path, out _, out var handler))
            {
                throw server.Server.Router.Unknown(call.Method.Path);
            }

            simulator.Detail(() => $"{server.Process.Name} < {call.Method.Name} {call.Request}");
            var answer = Copy(call.Method, await handler(call.Request, call.Context));
            simulator.Detail(() => $"{server.Process.Name} > {call.Method.Name} {answer}");
            answered(answer);
        }
        catch (RpcFault fault)
        {
            simulator.Detail(() => $"{server.Process.Name} > {call.Method.Name} {fault.Code} {fault.Message}");
            After(faults.Latency(), () => call.Fail(fault));
        }
        catch (StoreFailure)
        {
            call.Fail(new RpcFault(RpcStatusCode.Unavailable, "The store cannot be read."));
        }
        catch (OperationCanceledException) when (call.Answer.IsCompleted)
        {
            // The caller has left and got its answer from the network.
        }
        catch (Exception e)
        {
            simulator.Fail($"{server.Process.Name} answered {call.Method.Name} with {e}");
        }
        finally
        {
            server.Leave(call);
        }
    }

    private static IMessage Copy(RpcMethod method, RpcReply reply)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            reply.Message.WriteTo(output);
            if (reply.Raw is { Segments.Count: > 0 } raw)
            {
                output.WriteTag(raw.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteLength(raw.Segments.Sum(s => s.Length));
                output.Flush();
                foreach (var segment in raw.Segments)
                {
                    bytes.Write(segment.Span);
                }
            }
        }

        return method.Descriptor.OutputType.Parser.ParseFrom(bytes.ToArray());
    }

    private void After(TimeSpan delay, Action action) => _ = wire.Time.CreateTimer(static a => ((Action)a!)(), action, delay, Timeout.InfiniteTimeSpan);
}
