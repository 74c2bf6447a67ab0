using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.OpenApi;

/// <summary>The description of the routes that this process serves, made from them at the first request. Clients of Agentex look at its version.</summary>
internal sealed class OpenApiDocument(EndpointDataSource endpoints)
{
    private const string Title = "Agentex API";
    private const string Version = "0.1.0";
    private static readonly JsonSchemaExporterOptions s_schema = new() { TreatNullObliviousAsNonNullable = true };
    private readonly Lazy<byte[]> _bytes = new(() => System.Text.Encoding.UTF8.GetBytes(Build(endpoints).ToJsonString()));

    public byte[] Bytes => _bytes.Value;

    private static JsonObject Build(EndpointDataSource endpoints)
    {
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var route in endpoints.Endpoints.OfType<RouteEndpoint>().Where(route => route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null))
        {
            var path = "/" + route.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal);
            foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            {
                if (!paths.TryGetValue(path, out var operations))
                {
                    paths.Add(path, operations = []);
                }

                operations[method.ToLowerInvariant()] = Operation(method, path, route, schemas);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = Title, ["version"] = Version },
            ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))),
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
                ["securitySchemes"] = new JsonObject
                {
                    ["access_key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key" },
                    ["agent_key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-agent-api-key" },
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
            },
        };
    }

    private static JsonObject Operation(string method, string path, RouteEndpoint route, SortedDictionary<string, JsonNode> schemas)
    {
        var answer = AnswerTypes.Of(method, path);
        var success = new JsonObject { ["description"] = "Successful Response" };
        if (answer is not null)
        {
            success["content"] = Json(SchemaOf(answer, schemas));
        }

        var operation = new JsonObject
        {
            ["operationId"] = $"{method.ToLowerInvariant()}{path.Replace("/{", "_by_", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('/', '_').Replace('-', '_')}",
            ["tags"] = new JsonArray(path.Split('/')[1]),
            ["responses"] = new JsonObject
            {
                ["200"] = success,
                ["422"] = new JsonObject { ["description"] = "Validation Error", ["content"] = Json(SchemaOf(typeof(ValidationErrorBody), schemas)) },
            },
        };
        if (route.Metadata.GetMetadata<CallerRequired>() is not null)
        {
            // Any one of them; none in development mode.
            operation["security"] = new JsonArray(new JsonObject { ["access_key"] = new JsonArray() }, new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["agent_key"] = new JsonArray() });
        }

        var parameters = route.RoutePattern.Parameters
            .Select(parameter => new JsonObject { ["name"] = parameter.Name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } })
            .Concat(RequestTypes.QueryOf(method, path))
            .ToArray<JsonNode?>();
        if (parameters.Length > 0)
        {
            operation["parameters"] = new JsonArray(parameters);
        }

        if (RequestTypes.BodyOf(method, path) is var (name, isOptional))
        {
            operation["requestBody"] = new JsonObject { ["required"] = !isOptional, ["content"] = Json(RequestOf(name, schemas)) };
        }

        return operation;
    }

    private static JsonObject RequestOf(string name, SortedDictionary<string, JsonNode> schemas)
    {
        if (name == RequestTypes.Content && !schemas.ContainsKey(name))
        {
            schemas[name] = Wire.Options.GetJsonSchemaAsNode(typeof(MessageContent), s_schema);
        }
        else if (!schemas.ContainsKey(name))
        {
            var (schema, references) = RequestTypes.SchemaOf(name);
            schemas[name] = schema;
            foreach (var reference in references)
            {
                RequestOf(reference, schemas);
            }
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static JsonObject Json(JsonNode schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject SchemaOf(Type type, SortedDictionary<string, JsonNode> schemas)
    {
        if (type.IsArray)
        {
            return new JsonObject { ["type"] = "array", ["items"] = SchemaOf(type.GetElementType()!, schemas) };
        }

        if (type == typeof(string))
        {
            return new JsonObject { ["type"] = "string" };
        }

        var name = type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name;
        if (!schemas.ContainsKey(name))
        {
            schemas[name] = Wire.Options.GetJsonSchemaAsNode(type, s_schema);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }
}
