using Agents.Durable.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

public static class DataServices
{
    /// <summary>
    /// The database: one <see cref="NpgsqlDataSource"/> for plain SQL, a <see cref="DataContext"/> per scope, <see cref="DataContexts"/> for the rest, the <see cref="Migrator"/>.
    /// Nothing connects before it is used; apply the migrations first.
    /// </summary>
    public static IServiceCollection AddDurableData(this IServiceCollection services, string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        services.AddSingleton(provider => new DbContextOptionsBuilder<DataContext>()
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            // Whoever catches the exception decides whether it is worth a line: a unique violation is an answer here.
            .ConfigureWarnings(warnings => warnings.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)))
            .UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>())
            .UseApplicationServiceProvider(provider)
            .Options);
        services.AddScoped<OwnerScope>();
        services.AddScoped(provider => new DataContext(provider.GetRequiredService<DbContextOptions<DataContext>>(), provider.GetRequiredService<OwnerScope>()));
        services.AddSingleton<DataContexts>();
        services.AddSingleton<Migrator>();
        return services;
    }
}
