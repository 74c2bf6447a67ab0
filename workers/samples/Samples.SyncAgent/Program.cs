using Samples.SyncAgent;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
builder.Services.AddOptions<SyncAgentOptions>().BindConfiguration(SyncAgentOptions.Section);
builder.Services.AddSingleton(TimeProvider.System).AddHttpClient();
builder.Services.AddSingleton<Enrolment>().AddHostedService(services => services.GetRequiredService<Enrolment>());
var app = builder.Build();
app.MapPost("/api", AcpEndpoint.AnswerAsync);
app.MapGet("/healthz", () => Results.Json(new { status = "healthy" }));
await app.RunAsync();
