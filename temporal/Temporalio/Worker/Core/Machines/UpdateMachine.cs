using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>One update, from its request to its recorded outcome. A rejection leaves no trace in history, hence no command.</summary>
internal sealed class UpdateMachine(RunMachines run, UpdateRequest request) : Machine(run)
{
    // "Both" states are those of an update that was completed before its acceptance reached the server, so that two commands are out.
    internal static readonly TransitionTable<UpdateMachine, State, Trigger> Table = new(
        "Update",
        (State.RequestInitiated, Trigger.Accept, State.Accepted, m => m.SendAcceptance()),
        (State.RequestInitiated, Trigger.Reject, State.Rejected, m => m.SendRejection()),
        (State.Accepted, Trigger.Complete, State.BothPending, m => m.SendOutcome()),
        (State.Accepted, Trigger.Reject, State.BothPending, m => m.SendOutcome()),
        (State.Accepted, Trigger.CommandPrepared, State.AcceptCommandCreated, null),
        (State.AcceptCommandCreated, Trigger.AcceptedRecorded, State.AcceptCommandRecorded, null),
        (State.AcceptCommandCreated, Trigger.Complete, State.BothAcceptCreated, m => m.SendOutcome()),
        (State.AcceptCommandCreated, Trigger.Reject, State.BothAcceptCreated, m => m.SendOutcome()),
        (State.AcceptCommandRecorded, Trigger.Complete, State.Completed, m => m.SendOutcome()),
        (State.AcceptCommandRecorded, Trigger.Reject, State.Completed, m => m.SendOutcome()),
        (State.Completed, Trigger.CommandPrepared, State.CompletedCommandCreated, null),
        (State.CompletedCommandCreated, Trigger.CompletedRecorded, State.CompletedCommandRecorded, null),
        (State.BothPending, Trigger.CommandPrepared, State.BothAcceptCreated, null),
        (State.BothAcceptCreated, Trigger.CommandPrepared, State.BothCompleteCreated, null),
        (State.BothCompleteCreated, Trigger.AcceptedRecorded, State.CompletedCommandCreated, null));

    private const string TypeUrlPrefix = "type.googleapis.com";

    private State _state;
    private UpdateResponse? _response;

    internal enum State
    {
        RequestInitiated,
        Accepted,
        AcceptCommandCreated,
        AcceptCommandRecorded,
        Completed,
        CompletedCommandCreated,
        BothPending,
        BothAcceptCreated,
        BothCompleteCreated,
        Rejected,
        CompletedCommandRecorded,
    }

    internal enum Trigger
    {
        Accept,
        Reject,
        Complete,
        CommandPrepared,
        AcceptedRecorded,
        CompletedRecorded,
    }

    public override string Name => "Update machine";

    public override bool IsFinal => _state is State.Rejected or State.CompletedCommandRecorded;

    public string InstanceId => request.InstanceId;

    /// <summary>Tells the workflow of the update.</summary>
    public void Announce(bool runValidator)
    {
        var job = new Bridge.Api.WorkflowActivation.DoUpdate
        {
            Id = request.Request.Meta.UpdateId,
            ProtocolInstanceId = request.InstanceId,
            Name = request.Request.Input.Name,
            Meta = request.Request.Meta,
            RunValidator = runValidator,
        };

        // Copies, because the workflow's side decodes in place what the acceptance has to quote.
        if (request.Request.Input.Args is { } arguments)
        {
            job.Input.Add(arguments.Clone().Payloads_);
        }

        if (request.Request.Input.Header is { } header)
        {
            job.Headers.Add(header.Clone().Fields);
        }

        Run.AddJob(this, new() { DoUpdate = job });
    }

    public void Respond(UpdateResponse response)
    {
        _response = response;
        var trigger = response.ResponseCase switch
        {
            UpdateResponse.ResponseOneofCase.Accepted => Trigger.Accept,
            UpdateResponse.ResponseOneofCase.Rejected => Trigger.Reject,
            UpdateResponse.ResponseOneofCase.Completed => Trigger.Complete,
            _ => throw new FatalRunException($"Update response for update {request.Request.Meta.UpdateId} had an empty result"),
        };
        if (!Table.Allows(_state, trigger))
        {
            throw new NondeterminismException(
                $"Invalid transition while handling update response (id {request.Request.Meta.UpdateId}) in state {_state}");
        }

        Fire(trigger);
        _response = null;
    }

    public override void CommandPrepared() => Fire(Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent) => Fire(historyEvent.EventType switch
    {
        EventType.WorkflowExecutionUpdateAccepted => Trigger.AcceptedRecorded,
        EventType.WorkflowExecutionUpdateCompleted => Trigger.CompletedRecorded,
        _ => throw DoesNotHandle(historyEvent),
    });

    private void SendAcceptance() => SendWithCommand("accept", new Acceptance
    {
        AcceptedRequestMessageId = request.MessageId,
        AcceptedRequestSequencingEventId = request.SequencingEventId,
        AcceptedRequest = request.Request,
    });

    private void SendRejection() => Send("reject", new Rejection
    {
        RejectedRequestMessageId = request.MessageId,
        RejectedRequestSequencingEventId = request.SequencingEventId,
        RejectedRequest = request.Request,
        Failure = _response!.Rejected,
    });

    private void SendOutcome() => SendWithCommand("complete", new Response
    {
        Meta = request.Request.Meta,
        Outcome = _response!.ResponseCase is UpdateResponse.ResponseOneofCase.Rejected
            ? new() { Failure = _response.Rejected }
            : new() { Success = new() { Payloads_ = { _response.Completed } } },
    });

    private void SendWithCommand(string kind, IMessage body) => Run.AddCommand(this, new()
    {
        CommandType = CommandType.ProtocolMessage,
        ProtocolMessageCommandAttributes = new() { MessageId = Send(kind, body) },
    });

    private string Send(string kind, IMessage body)
    {
        var id = $"{request.MessageId}/{kind}";
        Run.AddMessage(() => new Message { Id = id, ProtocolInstanceId = request.InstanceId, Body = Any.Pack(body, TypeUrlPrefix) });
        return id;
    }

    private void Fire(Trigger trigger) => Table.Fire(this, ref _state, trigger);
}
