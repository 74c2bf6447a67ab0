namespace Agents.Durable.Agent.React;

/// <summary>The tool calls of the model's last answer that have no answer yet.</summary>
internal sealed class OpenCalls
{
    private readonly SortedSet<int> _toMake = [];
    private readonly SortedSet<int> _inQuestion = [];

    /// <summary>Number of the model call that asked for them.</summary>
    public int Number { get; private set; }

    /// <summary>Position of its message in the transcript.</summary>
    public int AnswerAt { get; private set; }

    /// <summary>Seconds that each of the message's calls may take.</summary>
    public IReadOnlyList<double> Times { get; private set; } = [];

    public IReadOnlySet<int> ToMake => _toMake;

    /// <summary>Calls that wait for a person's decision.</summary>
    public IReadOnlySet<int> InQuestion => _inQuestion;

    public IReadOnlyList<string> IdsToMake => [.. _toMake.Select(Id)];

    public IReadOnlyList<string> IdsInQuestion => [.. _inQuestion.Select(Id)];

    public void Begin(int number, int answerAt, IReadOnlyList<double> times)
    {
        (Number, AnswerAt, Times) = (number, answerAt, times);
        _toMake.UnionWith(Enumerable.Range(0, times.Count));
    }

    public void Answered(int index, bool inQuestion)
    {
        _toMake.Remove(index);
        if (inQuestion)
        {
            _inQuestion.Add(index);
        }
    }

    /// <summary>Makes the calls in question again.</summary>
    public void AskAgain()
    {
        _toMake.UnionWith(_inQuestion);
        _inQuestion.Clear();
    }

    /// <summary>Puts all calls in question, whatever became of them: a decision will tell.</summary>
    public void Doubt()
    {
        _inQuestion.UnionWith(_toMake);
        _toMake.Clear();
    }

    public void Clear()
    {
        _toMake.Clear();
        _inQuestion.Clear();
    }

    private string Id(int index) => CallIds.Tool(Number, index);
}
