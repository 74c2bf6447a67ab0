using Agents.Durable.Host;

var command = HostCommand.Create(DurableHost.RunAsync);
// The web host drains on Ctrl-C and SIGTERM; the command line must not end the process before.
var invocation = new System.CommandLine.InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
try
{
    return await command.Parse(args).InvokeAsync(invocation);
}
catch (HostStartException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
catch (Microsoft.Extensions.Options.OptionsValidationException exception)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, exception.Failures));
    return 1;
}
