using System.Security.Cryptography;
using System.Text;

namespace Temporalio.Server.Store.Postgres;

/// <summary>The keys of rows: 128 bits of a cryptographic digest of the names, so that nobody can make two names collide.</summary>
internal static class RowKeys
{
    public static Guid Workflow(WorkflowKey workflow) => Digest(workflow.Namespace, workflow.WorkflowId, "");

    public static Guid Run(WorkflowKey workflow, string runId) => Digest(workflow.Namespace, workflow.WorkflowId, runId);

    private static Guid Digest(string a, string b, string c)
    {
        var length = Encoding.UTF8.GetMaxByteCount(a.Length + b.Length + c.Length) + 2;
        var text = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        // Zero bytes separate: PostgreSQL's text cannot hold one, so no name does.
        var end = Encoding.UTF8.GetBytes(a, text);
        text[end++] = 0;
        end += Encoding.UTF8.GetBytes(b, text[end..]);
        text[end++] = 0;
        end += Encoding.UTF8.GetBytes(c, text[end..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..end], hash);
        return new Guid(hash[..16]);
    }
}
