using System.Linq.Expressions;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Data;

/// <summary>
/// The entities, seen by one owner. The filter is on every owned entity and is not to be lifted; what is added gets the scope's owner.
/// Not thread-safe and short-lived, as any context.
/// </summary>
public sealed class DataContext(DbContextOptions<DataContext> options, OwnerScope scope) : DbContext(options)
{
    private bool SeesAll => scope.SeesAll;
    private string? Owner => scope.Filter;

    public DbSet<AgentRow> Agents => Set<AgentRow>();
    public DbSet<AgentKeyRow> AgentKeys => Set<AgentKeyRow>();
    public DbSet<TaskRow> Tasks => Set<TaskRow>();
    public DbSet<TaskAgentRow> TaskAgents => Set<TaskAgentRow>();
    public DbSet<MessageRow> Messages => Set<MessageRow>();
    public DbSet<EventRow> Events => Set<EventRow>();
    public DbSet<MailboxRow> Mailbox => Set<MailboxRow>();
    public DbSet<StateRow> States => Set<StateRow>();
    public DbSet<SpanRow> Spans => Set<SpanRow>();
    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();
    public DbSet<CheckpointBlobRow> CheckpointBlobs => Set<CheckpointBlobRow>();
    public DbSet<CheckpointWriteRow> CheckpointWrites => Set<CheckpointWriteRow>();
    public DbSet<DeploymentRow> Deployments => Set<DeploymentRow>();
    public DbSet<DeploymentHistoryRow> DeploymentHistory => Set<DeploymentHistoryRow>();
    public DbSet<RunScheduleRow> RunSchedules => Set<RunScheduleRow>();
    public DbSet<AccessKeyRow> AccessKeys => Set<AccessKeyRow>();
    public DbSet<SettingRow> Settings => Set<SettingRow>();

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        FillInOwners();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        FillInOwners();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        ModelShape.Configure(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(entity => entity.ClrType.IsAssignableTo(typeof(IOwned))).ToList())
        {
            modelBuilder.Entity(entity.ClrType).HasQueryFilter(FilterOf(entity.ClrType));
        }
    }

    // row => SeesAll || row.Owner == Owner, with this context's properties, which EF reads anew for every context.
    private LambdaExpression FilterOf(Type entity)
    {
        var row = Expression.Parameter(entity, "row");
        var self = Expression.Constant(this);
        return Expression.Lambda(
            Expression.OrElse(
                Expression.Property(self, nameof(SeesAll)),
                Expression.Equal(Expression.Property(row, nameof(IOwned.Owner)), Expression.Property(self, nameof(Owner)))),
            row);
    }

    private void FillInOwners()
    {
        foreach (var entry in ChangeTracker.Entries<IOwned>().Where(entry => entry.State == EntityState.Added))
        {
            entry.Entity.Owner ??= scope.Owner.Value;
            if (!scope.SeesAll && entry.Entity.Owner != scope.Owner.Value)
            {
                throw new InvalidOperationException("A row of another owner cannot be added in this scope.");
            }
        }
    }
}
