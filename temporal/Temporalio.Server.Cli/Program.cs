using Temporalio.Server.Cli;

return await Commands.Root().Parse(args).InvokeAsync();
