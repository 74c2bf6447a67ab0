using System.Reflection;

namespace Temporalio.Worker.Interceptors;

/// <summary>Input of a workflow's run method.</summary>
public record ExecuteWorkflowInput(object Instance, MethodInfo RunMethod, object?[] Args);
