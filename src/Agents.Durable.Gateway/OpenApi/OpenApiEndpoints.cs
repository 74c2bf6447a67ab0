using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.OpenApi;

/// <summary>The description of the API, for programs and for people.</summary>
internal static class OpenApiEndpoints
{
    // One page without anything from elsewhere.
    private const string Page =
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Agentex API</title><style>
        body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}
        h2{margin:1.5rem 0 .3rem;text-transform:capitalize}summary{cursor:pointer;font-family:ui-monospace,monospace}
        b{display:inline-block;width:4.5rem}pre{overflow:auto;padding:.6rem;border:1px solid #8886;border-radius:4px}
        </style></head><body><h1>Agentex API</h1><p>As <a href="/openapi.json">openapi.json</a>.</p><main></main><script>
        fetch('/openapi.json').then(r=>r.json()).then(d=>{const main=document.querySelector('main'),groups={};
        for(const [path,ops] of Object.entries(d.paths))for(const [method,op] of Object.entries(ops))(groups[op.tags[0]]??=[]).push([method,path,op]);
        const resolve=(n)=>n&&n.$ref?d.components.schemas[n.$ref.split('/').pop()]:n;
        for(const [tag,list] of Object.entries(groups)){const h=document.createElement('h2');h.textContent=tag;main.append(h);
        for(const [method,path,op] of list){const e=document.createElement('details'),s=document.createElement('summary'),b=document.createElement('b');
        b.textContent=method.toUpperCase();s.append(b,path);e.append(s);
        const show=(title,value)=>{if(!value)return;const t=document.createElement('p'),p=document.createElement('pre');t.textContent=title;p.textContent=JSON.stringify(value,null,1);e.append(t,p)};
        const body=c=>{const schema=c?.['application/json']?.schema;return schema?.items?[resolve(schema.items)]:resolve(schema)};
        show('Parameters',op.parameters?.map(p=>({name:p.name,in:p.in,required:p.required,...p.schema})));show('Body',body(op.requestBody?.content));
        show('Answer',body(op.responses['200'].content));main.append(e)}}});
        </script></body></html>
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi.json", async (HttpContext context, OpenApiDocument document) =>
        {
            context.Response.ContentType = Answer.Json;
            context.Response.ContentLength = document.Bytes.Length;
            await context.Response.Body.WriteAsync(document.Bytes, context.RequestAborted);
        }).ExcludeFromDescription();
        foreach (var path in new[] { "/swagger", "/api" })
        {
            routes.MapGet(path, () => Results.Content(Page, "text/html; charset=utf-8")).ExcludeFromDescription();
        }
    }
}
