using Temporalio.Api.Common.V1;
using Temporalio.Common;

namespace Temporalio.Tests.Common;

public class SearchAttributeTests
{
    private static readonly DateTimeOffset s_time = new(2026, 11, 5, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void ToProto_AllTypes_HaveTypeNamesAndComeBack()
    {
        var attributes = new SearchAttributeCollection.Builder()
            .Set(SearchAttributeKey.CreateText("t"), "some text")
            .Set(SearchAttributeKey.CreateKeyword("k"), "word")
            .Set(SearchAttributeKey.CreateLong("i"), 5)
            .Set(SearchAttributeKey.CreateDouble("d"), 1.5)
            .Set(SearchAttributeKey.CreateBool("b"), true)
            .Set(SearchAttributeKey.CreateDateTimeOffset("dt"), s_time)
            .Set(SearchAttributeKey.CreateKeywordList("kl"), ["x", "y"])
            .ToSearchAttributeCollection();

        var proto = attributes.ToProto();

        Assert.Equal(
            ["b:Bool:true", "d:Double:1.5", "dt:Datetime:\"2026-11-05T01:02:03+00:00\"", "i:Int:5", "k:Keyword:\"word\"",
                "kl:KeywordList:[\"x\",\"y\"]", "t:Text:\"some text\""],
            proto.IndexedFields.OrderBy(f => f.Key, StringComparer.Ordinal)
                .Select(f => $"{f.Key}:{f.Value.Metadata["type"].ToStringUtf8()}:{f.Value.Data.ToStringUtf8()}"));
        var back = SearchAttributeCollection.FromProto(proto);
        Assert.Equal(7, back.Count);
        Assert.Equal("some text", back.Get(SearchAttributeKey.CreateText("t")));
        Assert.Equal(s_time, back.Get(SearchAttributeKey.CreateDateTimeOffset("dt")));
        Assert.Equal(["x", "y"], back.Get(SearchAttributeKey.CreateKeywordList("kl")));
        Assert.False(back.ContainsKey(SearchAttributeKey.CreateText("k")));
    }

    [Fact]
    public void FromProto_AttributeWithoutType_IsLeftOut() =>
        Assert.Empty(SearchAttributeCollection.FromProto(new SearchAttributes { IndexedFields = { ["x"] = new Payload() } }));
}
