namespace Agents.Durable.Agent.Runs;

/// <summary>The tool calls of one message that have no answer yet.</summary>
/// <param name="number">Of the model call that asked for them.</param>
/// <param name="answerAt">Position of its message in the transcript.</param>
/// <param name="times">Seconds that each of the message's calls may take.</param>
internal sealed class OpenCalls(int number, int answerAt, IReadOnlyList<double> times)
{
    private readonly SortedSet<int> _toMake = [.. Enumerable.Range(0, times.Count)];
    private readonly SortedSet<int> _inQuestion = [];

    public int Number => number;

    public int AnswerAt => answerAt;

    public IReadOnlyList<double> Times => times;

    public int Count => _toMake.Count + _inQuestion.Count;

    public IReadOnlySet<int> ToMake => _toMake;

    /// <summary>Calls that wait for a person's decision.</summary>
    public IReadOnlySet<int> InQuestion => _inQuestion;

    public IReadOnlyList<string> IdsToMake => [.. _toMake.Select(Id)];

    public IReadOnlyList<string> IdsInQuestion => [.. _inQuestion.Select(Id)];

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

    private string Id(int index) => CallIds.Tool(number, index);
}
