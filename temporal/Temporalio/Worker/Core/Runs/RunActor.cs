namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// Feeds the runs one input at a time on whichever thread brings one, and has the outputs carried out once the inputs at hand are
/// used up. Inputs of the worker itself go before new tasks, so that a run's own work is not overtaken.
/// </summary>
internal sealed class RunActor(RunStream stream, Action<RunOutput> carryOut, Action<Exception> whenBroken)
{
    private readonly Lock _gate = new();
    private readonly Queue<RunInput> _own = new();
    private readonly Queue<RunInput> _tasks = new();
    private bool _running;

    public void Post(RunInput input)
    {
        lock (_gate)
        {
            (input is RunInput.NewTask ? _tasks : _own).Enqueue(input);
            if (_running)
            {
                return;
            }

            _running = true;
        }

        Drain();
    }

    private void Drain()
    {
        var outputs = new List<RunOutput>();
        while (true)
        {
            RunInput? input;
            lock (_gate)
            {
                if (!_own.TryDequeue(out input) && !_tasks.TryDequeue(out input))
                {
                    _running = false;
                    break;
                }
            }

            try
            {
                outputs.AddRange(stream.Handle(input));
            }
            catch (Exception e)
            {
                // An error of this core's own. The run it concerns may be stuck; the others go on.
                whenBroken(e);
            }
        }

        // Outside, because carrying out may call the server in this process and bring the next input with it.
        foreach (var output in outputs)
        {
            carryOut(output);
        }
    }
}
