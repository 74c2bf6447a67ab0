namespace Agents.Durable.Gateway.Errors;

/// <summary>
/// Routes that name something by a name, or by the id of what belongs to a task: Agentex looks it up to know the task or agent that is meant, before it looks at the
/// request. So a name that is unknown is a 404 whatever else is wrong; only what is no JSON is said before.
/// </summary>
internal static class UnknownFirst
{
    /// <summary>Runs a call; only if its request is refused, looks whether what it names is there.</summary>
    /// <param name="lookUp">Throws when it is not.</param>
    /// <exception cref="ValidationException">The request is refused, and what it names is there.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, Func<Task> lookUp)
    {
        try
        {
            return await call();
        }
        catch (ValidationException refused) when (!refused.IsUnreadable)
        {
            await lookUp();
            throw;
        }
    }
}
