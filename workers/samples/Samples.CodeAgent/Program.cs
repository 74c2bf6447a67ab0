using Agents.Durable.Agent.Code;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Samples.CodeAgent;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
builder.Services.AddCodeAgent<NoteTaker>("note-taker", new CodeAgentDefinition
{
    Description = "Writes down what it is told",
    Instructions = "Sum up in one sentence what you were told last.",
    // Without a script the scripted model repeats what it was told, and needs no key.
    Model = new CodeAgentModel(builder.Configuration["Model:Provider"] ?? "scripted", builder.Configuration["Model:Name"] ?? ""),
    Tools = ["workspace"],
});
await builder.Build().RunAsync();
