using Google.Protobuf;
using Temporalio.Api.Schedule.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Schedule = Temporalio.Client.Schedules.Schedule;

namespace Temporalio.Client.Calls;

/// <summary>Calls for schedules.</summary>
internal sealed class ScheduleCalls(TemporalClient client)
{
    private string Namespace => client.Options.Namespace;

    private DataConverter Converter => client.Options.DataConverter;

    internal async Task<ScheduleHandle> CreateAsync(CreateScheduleInput input)
    {
        SchedulePatch? initial = null;
        if (input.Options is { TriggerImmediately: true } or { Backfills.Count: > 0 })
        {
            initial = new()
            {
                TriggerImmediately = input.Options.TriggerImmediately
                    ? new() { OverlapPolicy = input.Schedule.Policy.Overlap }
                    : null,
                BackfillRequest = { (input.Options.Backfills ?? []).Select(b => b.ToProto()) },
            };
        }
        try
        {
            await client.WorkflowService.CreateScheduleAsync(
                new()
                {
                    Namespace = Namespace,
                    ScheduleId = input.Id,
                    Schedule = await input.Schedule.ToProtoAsync(Namespace, Converter).ConfigureAwait(false),
                    InitialPatch = initial,
                    Identity = client.Connection.Options.Identity,
                    RequestId = Guid.NewGuid().ToString(),
                    Memo = await Memos.ToProtoAsync(input.Options?.Memo, Converter).ConfigureAwait(false),
                    SearchAttributes = input.Options?.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
                },
                TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.AlreadyExists)
        {
            throw new ScheduleAlreadyRunningException();
        }
        return new(client, input.Id);
    }

    internal async IAsyncEnumerable<ScheduleListDescription> ListAsync(ListSchedulesInput input)
    {
        var token = ByteString.Empty;
        do
        {
            var response = await client.WorkflowService.ListSchedulesAsync(
                new() { Namespace = Namespace, Query = input.Options?.Query ?? "", NextPageToken = token },
                TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
            foreach (var entry in response.Schedules)
            {
                yield return new(entry, Converter);
            }
            token = response.NextPageToken;
        }
        while (!token.IsEmpty);
    }

    internal async Task<ScheduleDescription> DescribeAsync(DescribeScheduleInput input)
    {
        var response = await client.WorkflowService.DescribeScheduleAsync(
            new() { Namespace = Namespace, ScheduleId = input.Id },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false);
        return new(input.Id, Schedule.FromProto(response.Schedule, Namespace, Converter), response, Converter);
    }

    internal async Task DeleteAsync(DeleteScheduleInput input) =>
        await client.WorkflowService.DeleteScheduleAsync(
            new() { Namespace = Namespace, ScheduleId = input.Id, Identity = client.Connection.Options.Identity },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false);

    internal Task BackfillAsync(BackfillScheduleInput input) => input.Backfills.Count == 0
        ? throw new ArgumentException("At least one backfill required")
        : PatchAsync(input.Id, new() { BackfillRequest = { input.Backfills.Select(b => b.ToProto()) } }, input.RpcOptions);

    internal Task PauseAsync(PauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Pause = input.Note ?? "Paused via .NET SDK" }, input.RpcOptions);

    internal Task UnpauseAsync(UnpauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Unpause = input.Note ?? "Unpaused via .NET SDK" }, input.RpcOptions);

    internal Task TriggerAsync(TriggerScheduleInput input) => PatchAsync(
        input.Id,
        new() { TriggerImmediately = new() { OverlapPolicy = input.Options?.Overlap ?? default } },
        input.Options?.Rpc);

    internal async Task UpdateAsync(UpdateScheduleInput input)
    {
        var description = await DescribeAsync(new(input.Id, input.RpcOptions)).ConfigureAwait(false);
        var update = await input.Updater(new(description)).ConfigureAwait(false);
        if (update is null)
        {
            return;
        }
        // No conflict token: the server answers a stale one with success and drops the update.
        await client.WorkflowService.UpdateScheduleAsync(
            new()
            {
                Namespace = Namespace,
                ScheduleId = input.Id,
                Schedule = await update.Schedule.ToProtoAsync(Namespace, Converter).ConfigureAwait(false),
                Identity = client.Connection.Options.Identity,
                RequestId = Guid.NewGuid().ToString(),
                SearchAttributes = update.TypedSearchAttributes?.ToProto(),
            },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false);
    }

    private async Task PatchAsync(string id, SchedulePatch patch, RpcOptions? rpc) =>
        await client.WorkflowService.PatchScheduleAsync(
            new()
            {
                Namespace = Namespace,
                ScheduleId = id,
                Patch = patch,
                Identity = client.Connection.Options.Identity,
                RequestId = Guid.NewGuid().ToString(),
            },
            TemporalClient.DefaultRetryOptions(rpc)).ConfigureAwait(false);
}
