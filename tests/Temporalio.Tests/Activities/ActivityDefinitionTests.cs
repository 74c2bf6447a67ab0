using Temporalio.Activities;
using Temporalio.Converters;

namespace Temporalio.Tests.Activities;

public class ActivityDefinitionTests
{
    [Fact]
    public void CreateAll_Type_FindsInstanceAndStaticMethods()
    {
        var definitions = ActivityDefinition.CreateAll(new Acts());

        Assert.Equal(["Fail", "Greet", "Void", "optional"], definitions.Select(d => d.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task InvokeAsync_TaskResult_IsUnwrapped()
    {
        var definition = ActivityDefinition.Create(new Acts().GreetAsync);

        Assert.Equal("hello you", await definition.InvokeAsync(["you"]));
        Assert.Null(await ActivityDefinition.Create(Acts.VoidAsync).InvokeAsync([]));
    }

    [Fact]
    public async Task InvokeAsync_MissingOptionalArgument_TakesTheDefault()
    {
        var definition = ActivityDefinition.Create(Acts.Optional);

        Assert.Equal(1, definition.RequiredParameterCount);
        Assert.Equal(12, await definition.InvokeAsync([5]));
        Assert.Equal(6, await definition.InvokeAsync([5, 1]));
    }

    [Fact]
    public async Task InvokeAsync_Exception_ComesOutAsItIs()
    {
        var definition = ActivityDefinition.Create(Acts.Fail);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => definition.InvokeAsync([]));
        Assert.Contains(nameof(Acts.Fail), e.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_DynamicWithOtherParameters_IsRefused()
    {
        var e = Assert.Throws<ArgumentException>(() => ActivityDefinition.Create(WrongDynamic));

        Assert.Contains("array of IRawValue", e.Message, StringComparison.Ordinal);
        Assert.True(ActivityDefinition.Create(RightDynamic).Dynamic);
    }

    [Activity(Dynamic = true)]
    private static void WrongDynamic(string name) => ArgumentNullException.ThrowIfNull(name);

    [Activity(Dynamic = true)]
    private static void RightDynamic(IRawValue[] args) => ArgumentNullException.ThrowIfNull(args);

    public class Acts
    {
        [Activity]
        public static Task VoidAsync() => Task.CompletedTask;

        [Activity("optional")]
        public static int Optional(int a, int b = 7) => a + b;

        [Activity]
        public static void Fail() => throw new InvalidOperationException("no");

        [Activity]
        public async Task<string> GreetAsync(string name)
        {
            await Task.Yield();
            return $"hello {name}";
        }
    }
}
