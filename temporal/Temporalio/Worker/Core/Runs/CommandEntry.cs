using Temporalio.Api.Command.V1;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>A command on its way to the server, kept until its event has come back.</summary>
internal sealed record CommandEntry(Machine Machine, Command Command);
