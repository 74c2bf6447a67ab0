using Temporalio.Client;
using Temporalio.Interop;
using Temporalio.Worker;

// Temporalio.Interop ADDRESS OWN-QUEUE OTHER-QUEUE: serves workflows and activities on its own queue, and answers each line "client" on
// standard input by calling the workflows that another language serves on the other one. Ends with its input.
var client = await TemporalClient.ConnectAsync(new(args[0]));
using var worker = new TemporalWorker(
    client,
    new TemporalWorkerOptions(args[1]).AddWorkflow<Conversation>().AddWorkflow<Caller>().AddWorkflow<Echo>().AddActivity(Activities.Shout).AddActivity(Activities.Refuse));
using var stop = new CancellationTokenSource();
var running = worker.ExecuteAsync(stop.Token);
Console.WriteLine("ready");
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line == "client")
    {
        Console.WriteLine(await ClientCalls.RunAsync(client, args[2]));
    }
}

await stop.CancelAsync();
try
{
    await running;
}
catch (OperationCanceledException)
{
    // The way a worker ends that was told to.
}
