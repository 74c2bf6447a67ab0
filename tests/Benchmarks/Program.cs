using System.CommandLine;
using Agents.Durable.Benchmarks.Context;
using Agents.Durable.Benchmarks.Steps;
using Agents.Durable.Benchmarks.Tasks;

return await new RootCommand("Measures this system on the work that the peers were measured on; figures go to standard output.")
{
    StepsCommand.Create(),
    ContextCommand.Create(),
    FirstDeltaCommand.Create(),
    FanOutCommand.Create(),
    ParkedCommand.Create(),
}.Parse(args).InvokeAsync();
