using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Agents.Durable.Data;

/// <summary>How entities lie in the tables that the migrations make.</summary>
internal static class ModelShape
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AgentRow>(row =>
        {
            row.ToTable("agents").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.RegistrationMetadata));
            Json(row.Property(x => x.Definition));
        });
        model.Entity<AgentKeyRow>(row =>
        {
            row.ToTable("agent_api_keys").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
        });
        model.Entity<TaskRow>(row =>
        {
            row.ToTable("tasks").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.Params));
            Json(row.Property(x => x.TaskMetadata));
        });
        model.Entity<TaskAgentRow>(row =>
        {
            row.ToTable("task_agents").HasKey(x => new { x.TaskId, x.AgentId });
            Generated(row.Property(x => x.Ordinal));
            // Told only so that a task is inserted before its link.
            row.HasOne<TaskRow>().WithMany().HasForeignKey(x => x.TaskId);
        });
        model.Entity<MessageRow>(row =>
        {
            row.ToTable("messages").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.Content));
        });
        model.Entity<EventRow>(row =>
        {
            row.ToTable("events").HasKey(x => x.Id);
            Generated(row.Property(x => x.SequenceId));
            Json(row.Property(x => x.Content));
        });
        model.Entity<MailboxRow>(row =>
        {
            row.ToTable("mailbox").HasKey(x => new { x.TaskId, x.Position });
            row.HasOne<TaskRow>().WithMany().HasForeignKey(x => x.TaskId);
            Json(row.Property(x => x.Payload));
        });
        Records(model);
        model.Entity<AccessKeyRow>(row => row.ToTable("access_keys").HasKey(x => x.Id));
        model.Entity<SettingRow>(row => row.ToTable("settings").HasKey(x => x.Name));
        NameColumns(model);
    }

    private static void Records(ModelBuilder model)
    {
        model.Entity<StateRow>(row =>
        {
            row.ToTable("states").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.State));
        });
        model.Entity<SpanRow>(row =>
        {
            row.ToTable("spans").HasKey(x => new { x.Owner, x.Id });
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.Input));
            Json(row.Property(x => x.Output));
            Json(row.Property(x => x.Data));
        });
        model.Entity<DeploymentRow>(row =>
        {
            row.ToTable("deployments").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.RegistrationMetadata));
        });
        model.Entity<DeploymentHistoryRow>(row =>
        {
            row.ToTable("deployment_history").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
        });
        model.Entity<RunScheduleRow>(row =>
        {
            row.ToTable("run_schedules").HasKey(x => x.Id);
            Generated(row.Property(x => x.Ordinal));
            Json(row.Property(x => x.TaskParams));
            Json(row.Property(x => x.TaskMetadata));
        });
        model.Entity<CheckpointRow>(row =>
        {
            row.ToTable("checkpoints").HasKey(x => new { x.Owner, x.ThreadId, x.CheckpointNs, x.CheckpointId });
            Json(row.Property(x => x.Checkpoint));
            Json(row.Property(x => x.Metadata));
        });
        model.Entity<CheckpointBlobRow>(row => row.ToTable("checkpoint_blobs").HasKey(x => new { x.Owner, x.ThreadId, x.CheckpointNs, x.Channel, x.Version }));
        model.Entity<CheckpointWriteRow>(row =>
            row.ToTable("checkpoint_writes").HasKey(x => new { x.Owner, x.ThreadId, x.CheckpointNs, x.CheckpointId, x.TaskId, x.Idx }));
    }

    private static void NameColumns(ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).ToList())
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            if (type.IsEnum)
            {
                property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(EnumText<>).MakeGenericType(type))!);
            }
        }
    }

    private static void Generated(PropertyBuilder<long> property) => property.ValueGeneratedOnAdd();

    private static void Json<T>(PropertyBuilder<T> property) =>
        property.HasColumnType("jsonb").HasConversion(
            new ValueConverter<T, string>(value => Storable.Json(Wire.ToJson(value)), json => Wire.FromJson<T>(json)),
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => 0, value => value));

    private static void Json(PropertyBuilder<JsonElement?> property) =>
        property.HasColumnType("jsonb").HasConversion(
            new ValueConverter<JsonElement, string>(value => Storable.Json(value.GetRawText()), json => Wire.Element(json)),
            new ValueComparer<JsonElement>((a, b) => JsonElement.DeepEquals(a, b), value => 0, value => value));

    // Enums lie in the tables by their wire names, so that a person reads them as the API shows them.
    private sealed class EnumText<T>() : ValueConverter<T, string>(value => EnumNames.Of(value), text => EnumNames.Parse<T>(text))
        where T : struct, Enum;
}
