using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.Store;

public sealed class InMemoryStoreTests : StoreConformance
{
    protected override Task<IExecutionStore> OpenAsync() => Task.FromResult<IExecutionStore>(new InMemoryExecutionStore());
}
