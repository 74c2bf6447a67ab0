using Temporalio.Api.Sdk.V1;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// Which behaviours a run's history was made with, and what the next completion has to add to that record. Flags found in history
/// are always honoured; new ones are written only if the server keeps them.
/// </summary>
internal sealed class RunFlags(RunContext context)
{
    private const uint AllCore = (1u << (int)CoreFlag.IdAndTypeDeterminismChecks)
        | (1u << (int)CoreFlag.UpsertSearchAttributeOnPatch)
        | (1u << (int)CoreFlag.MoveTerminalCommands);

    // Bit n is flag n; a history that knows flags beyond these is from a newer core, whose extra flags mean nothing here.
    private uint _core;
    private uint _coreUnwritten;
    private readonly List<uint> _lang = [];
    private readonly List<uint> _langUnwritten = [];
    private string _lastSdkName = string.Empty;

    public string LastSdkVersion { get; private set; } = string.Empty;

    /// <summary>Those that stand in history or have gone out; a flag of the task at hand takes effect with the next.</summary>
    public IEnumerable<uint> Lang => _lang;

    public void AddFrom(WorkflowTaskCompletedMetadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        foreach (var flag in metadata.CoreUsedFlags)
        {
            _core |= flag < 32 ? (1u << (int)flag) & AllCore : 0;
        }

        foreach (var flag in metadata.LangUsedFlags)
        {
            AddOnce(_lang, flag);
        }

        _lastSdkName = metadata.SdkName.Length > 0 ? metadata.SdkName : _lastSdkName;
        LastSdkVersion = metadata.SdkVersion.Length > 0 ? metadata.SdkVersion : LastSdkVersion;
    }

    public void AddLangUsed(IEnumerable<uint> flags)
    {
        foreach (var flag in flags)
        {
            if (!_lang.Contains(flag))
            {
                AddOnce(_langUnwritten, flag);
            }
        }
    }

    /// <summary>Whether the behaviour applies. Outside replay it always does, and <paramref name="record"/> notes its use.</summary>
    public bool Use(CoreFlag flag, bool record)
    {
        var bit = 1u << (int)flag;
        if (record && context.WritesSdkMetadata)
        {
            _coreUnwritten |= bit;
            return true;
        }

        return (_core & bit) != 0;
    }

    /// <summary>From here on every behaviour of this core is in use.</summary>
    public void UseAll() => _coreUnwritten |= AllCore;

    /// <summary>What history does not say yet, for the completion about to be sent.</summary>
    public WorkflowTaskCompletedMetadata TakeUnwritten()
    {
        var metadata = new WorkflowTaskCompletedMetadata();
        if (!context.WritesSdkMetadata)
        {
            return metadata;
        }

        for (var flag = 1; flag <= (int)CoreFlag.MoveTerminalCommands; flag++)
        {
            if (((_coreUnwritten & ~_core) & (1u << flag)) != 0)
            {
                metadata.CoreUsedFlags.Add((uint)flag);
            }
        }

        metadata.LangUsedFlags.Add(_langUnwritten);
        _core |= _coreUnwritten;
        _lang.AddRange(_langUnwritten);
        _coreUnwritten = 0;
        _langUnwritten.Clear();

        // Said until history shows it, for a completion may be lost.
        metadata.SdkName = _lastSdkName == context.SdkName ? string.Empty : context.SdkName;
        metadata.SdkVersion = LastSdkVersion == context.SdkVersion ? string.Empty : context.SdkVersion;

        return metadata;
    }

    private static void AddOnce(List<uint> flags, uint flag)
    {
        if (!flags.Contains(flag))
        {
            flags.Add(flag);
        }
    }
}
