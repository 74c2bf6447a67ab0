using Temporalio.Server.Chaos;

// chaos SERVER.dll LOAD.mjs [KILLS]: kills the server again and again under the load of the official SDK.
var kills = args.Length > 2 ? int.Parse(args[2]) : 12;
using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(10));
return await new ChaosRun(args[0], args[1], kills, TimeProvider.System).RunAsync(stop.Token) ? 0 : 1;
