using System.Text.Json;
using Agents.Durable.Agent.Tools;

namespace Agents.Durable.Agent.Tests.Tools;

public sealed class ArgumentCheckTests
{
    private static readonly JsonElement s_schema = JsonDocument.Parse(
        """
        {"type":"object","required":["path"],"additionalProperties":false,"properties":{
          "path":{"type":"string","minLength":1},
          "count":{"type":"integer","minimum":1,"maximum":10},
          "mode":{"enum":["a","b"]},
          "tags":{"type":"array","items":{"type":"string"}},
          "either":{"anyOf":[{"type":"string"},{"type":"null"}]},
          "nested":{"type":"object","required":["x"],"properties":{"x":{"type":["number","null"]}}}
        }}
        """).RootElement;

    [Theory]
    [InlineData("{", "The arguments of t are not valid JSON")]
    [InlineData("[]", "must be an object, not array")]
    [InlineData("\"x\"", "must be an object, not string")]
    [InlineData("{}", "'path' is missing")]
    [InlineData("", "'path' is missing")]
    [InlineData("""{"path":1}""", "'path' must be string, not number")]
    [InlineData("""{"path":""}""", "'path' must have at least 1 characters")]
    [InlineData("""{"path":"a","count":1.5}""", "'count' must be integer, not number")]
    [InlineData("""{"path":"a","count":0}""", "'count' must be at least 1")]
    [InlineData("""{"path":"a","count":11}""", "'count' must be at most 10")]
    [InlineData("""{"path":"a","mode":"c"}""", "'mode' must be one of \"a\", \"b\"")]
    [InlineData("""{"path":"a","tags":["x",2]}""", "'tags[1]' must be string, not number")]
    [InlineData("""{"path":"a","either":5}""", "'either' fits none of the allowed forms")]
    [InlineData("""{"path":"a","nested":{}}""", "'nested.x' is missing")]
    [InlineData("""{"path":"a","nested":{"x":"1"}}""", "'nested.x' must be number or null, not string")]
    [InlineData("""{"path":"a","other":1}""", "'other' is not known")]
    public void Read_WrongArguments_NamesWhatIsWrong(string arguments, string message) =>
        Assert.Contains(message, Assert.Throws<ToolException>(() => ArgumentCheck.Read("t", arguments, s_schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"path":"a"}""")]
    [InlineData("""{"path":"a","count":2.0,"mode":"b","tags":[],"either":null,"nested":{"x":null}}""")]
    public void Read_RightArguments_ReturnsThem(string arguments) =>
        Assert.Equal("a", ArgumentCheck.Read("t", arguments, s_schema).GetProperty("path").GetString());
}
