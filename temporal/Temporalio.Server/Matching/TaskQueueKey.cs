using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Matching;

/// <summary>A task queue: workflow and activity tasks of one name are apart, and a sticky queue has a name of its own.</summary>
internal readonly record struct TaskQueueKey(string Namespace, string Name, TaskQueueType Type);
