using System.CommandLine;
using Agents.Durable.Benchmarks.Context;
using Agents.Durable.Benchmarks.Steps;

return await new RootCommand("Measures this system on the work that the peers were measured on; figures go to standard output.")
{
    StepsCommand.Create(),
    ContextCommand.Create(),
}.Parse(args).InvokeAsync();
