using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server;

/// <summary>
/// Namespaces and search attributes that were added while the server ran. They live in the memo of a run of the server's own namespace,
/// so that they need no store beside the one for runs.
/// </summary>
internal sealed class ServerSettings(Engine engine)
{
    private const int Format = 1;
    private const string Field = "settings";

    private static readonly WorkflowKey s_key = new(NamespaceRegistry.System, "temporal-sys-server-settings");

    /// <summary>Takes up what was written before.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await engine.Store.LoadRunAsync(s_key, "", cancellationToken) is { } stored &&
            Run.Load(stored).Info.Memo is { } memo && memo.Fields.TryGetValue(Field, out var payload))
        {
            Read(payload.Data);
        }
    }

    /// <summary>Writes what the registries hold; completes when it is durable.</summary>
    public Task SaveAsync() => engine.Actors.CallAsync(s_key, "", actor =>
    {
        var step = actor.Current ?? NewRun.Create(actor, new RunSeed
        {
            RequestId = engine.Ids.NewId(),
            Start = new() { WorkflowType = new() { Name = Field }, TaskQueue = new() { Name = Field, Kind = TaskQueueKind.Normal } },
        });
        step.Run.Info.Memo = new Memo { Fields = { [Field] = new Payload { Data = Write() } } };
        step.Touch();
        return true;
    });

    private ByteString Write()
    {
        var writer = new StateWriter();
        writer.Number(Format);
        var entries = engine.Namespaces.All.ToList();
        writer.Number(entries.Count);
        foreach (var entry in entries)
        {
            writer.Text(entry.Name);
            writer.Text(entry.Id);
            writer.Number((int)entry.State);
            writer.Text(entry.Description);
            writer.Text(entry.OwnerEmail);
            writer.Span(entry.Retention ?? TimeSpan.Zero);
            writer.Number(entry.Data.Count);
            foreach (var (key, value) in entry.Data)
            {
                writer.Text(key);
                writer.Text(value);
            }

            var attributes = engine.SearchAttributes.Custom(entry.Name).ToList();
            writer.Number(attributes.Count);
            foreach (var (name, type) in attributes)
            {
                writer.Text(name);
                writer.Number((int)type);
            }
        }

        return ByteString.CopyFrom(writer.ToMemory().Span);
    }

    private void Read(ByteString bytes)
    {
        var reader = new StateReader(bytes.Span);
        if (reader.Number() != Format)
        {
            throw new InvalidDataException("The server's settings are stored in another format.");
        }

        for (var i = reader.Integer(); i > 0; i--)
        {
            var entry = new NamespaceEntry(reader.RequiredText(), reader.RequiredText())
            {
                State = (NamespaceState)reader.Integer(),
                Description = reader.RequiredText(),
                OwnerEmail = reader.RequiredText(),
            };
            var retention = reader.Span();
            Dictionary<string, string> data = [];
            for (var j = reader.Integer(); j > 0; j--)
            {
                data.Add(reader.RequiredText(), reader.RequiredText());
            }

            engine.Namespaces.Set(entry with { Data = data, Retention = retention > TimeSpan.Zero ? retention : null });
            for (var j = reader.Integer(); j > 0; j--)
            {
                engine.SearchAttributes.Add(entry.Name, reader.RequiredText(), (IndexedValueType)reader.Integer());
            }
        }
    }
}
