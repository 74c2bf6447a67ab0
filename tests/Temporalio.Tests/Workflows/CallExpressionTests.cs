using System.Linq.Expressions;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Tests.Workflows;

public class CallExpressionTests
{
    private readonly string _field = "field";

    private static string Static { get; } = "static";

    [Fact]
    public void Extract_ArgumentShapes_AreEvaluated()
    {
        var local = 3;
        int? nullable = 4;
        var record = new Pair(5, "five");

        Assert.Equal([3, "field", "static"], Arguments((Target t) => t.Three(local, _field, Static)));
        Assert.Equal([7, "five", null], Arguments((Target t) => t.Three(local + 4, record.Text, null!)));
        Assert.Equal([4L, 4, 3.0], Arguments((Target t) => t.Numbers(nullable.Value, nullable, local)));
        Assert.Equal([new Pair(1, "x")], Arguments((Target t) => t.One(new Pair(1, "x"))));
        Assert.Equal([new Pair(2, "init")], Arguments((Target t) => t.One(new Pair(0, "init") { Number = 2 })));
        Assert.Equal([new[] { 1, 3 }], Arguments((Target t) => t.One(new[] { 1, local })));
        Assert.Equal([DayOfWeek.Friday], Arguments((Target t) => t.One(DayOfWeek.Friday)));
        Assert.Equal([local > 2 ? "big" : "small"], Arguments((Target t) => t.One(local > 2 ? "big" : "small")));
    }

    [Fact]
    public void Extract_OverriddenMethod_IsTheReceivers()
    {
        Expression<Func<Derived, Task>> lambda = d => d.Go();

        Assert.Equal(typeof(Derived), CallExpression.Extract(lambda).Method.DeclaringType);
    }

    [Fact]
    public void Extract_ExceptionInArgument_ComesOutAsItIs()
    {
        Expression<Func<Target, Task>> lambda = t => t.One(Throw());

        Assert.Throws<NotSupportedException>(() => CallExpression.Extract(lambda));
    }

    [Fact]
    public void Extract_NoCallOnTheParameter_IsRefused()
    {
        Expression<Func<Target, Task>> lambda = t => t.Self.One(1);

        Assert.Throws<ArgumentException>(() => CallExpression.Extract(lambda));
        Assert.Throws<ArgumentException>(() => CallExpression.Extract((Expression<Func<int>>)(() => 1)));
    }

    private static object Throw() => throw new NotSupportedException();

    private static object?[] Arguments(Expression<Func<Target, Task>> lambda) => CallExpression.Extract(lambda).Arguments;

    public record Pair(int Number, string Text);

    public class Target
    {
        public Target Self => this;

        public Task Three(int a, string b, string c) => Task.FromResult((a, b, c));

        public Task Numbers(long a, int? b, double c) => Task.FromResult((a, b, c));

        public Task One(object value) => Task.FromResult(value);
    }

    public class Base
    {
        [WorkflowSignal]
        public virtual Task Go() => Task.CompletedTask;
    }

    public class Derived : Base
    {
        [WorkflowSignal]
        public override Task Go() => Task.CompletedTask;
    }
}
