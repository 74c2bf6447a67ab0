using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Execution;

/// <summary>Search attributes that the server sets.</summary>
internal static class SearchAttributeValues
{
    /// <summary>Sets the attribute, or removes it if there is nothing to say.</summary>
    public static void SetKeywords(RunInfo info, string name, IReadOnlyList<string> values)
    {
        var attributes = info.SearchAttributes?.Clone() ?? new SearchAttributes();
        if (values.Count == 0)
        {
            attributes.IndexedFields.Remove(name);
        }
        else
        {
            attributes.IndexedFields[name] = Of(values, IndexedValueType.KeywordList);
        }

        info.SearchAttributes = attributes;
    }

    public static Payload Of<T>(T value, IndexedValueType type)
    {
        var payload = new Payload { Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(value)) };
        payload.Metadata.Add("encoding", ByteString.CopyFromUtf8("json/plain"));
        payload.Metadata.Add("type", ByteString.CopyFromUtf8(type.ToString()));
        return payload;
    }
}
